import { JobError, type ErrorCode } from '@optout-sync/shared/domain';
import { Breakers } from './breakers';

const fail = (kind: 'transient' | 'refused' | 'limited') => () =>
  Promise.reject(new JobError(kind, 'x' as ErrorCode, 'x'));
const codeOf = (run: Promise<void>) =>
  run.then(
    () => 'done',
    (error: unknown) => (error as JobError).code,
  );

describe('the breakers', () => {
  it('try a target that failed five times in a row no more, and every other', async () => {
    const breakers = new Breakers();
    for (let i = 0; i < 5; i++) expect(await codeOf(breakers.run('a', fail('transient')))).toBe('x');
    const tried = jest.fn(() => Promise.resolve());
    expect(await codeOf(breakers.run('a', tried))).toBe('forward_target_down');
    expect(tried).not.toHaveBeenCalled();
    expect(await codeOf(breakers.run('b', tried))).toBe('done');
  });

  it.each(['refused', 'limited'] as const)(
    'take a target that answers %s for one that is up',
    async (kind) => {
      const breakers = new Breakers();
      for (let i = 0; i < 10; i++) expect(await codeOf(breakers.run('a', fail(kind)))).toBe('x');
      expect(await codeOf(breakers.run('a', () => Promise.resolve()))).toBe('done');
    },
  );
});
