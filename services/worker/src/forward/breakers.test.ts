import { JobError, type ErrorCode } from '@optout-sync/shared/domain';
import { Breakers } from './breakers';

const fail = (kind: 'transient' | 'rejected' | 'rate_limited') => () =>
  Promise.reject(new JobError(kind, 'x' as ErrorCode, 'x'));
const codeOf = (run: Promise<void>) =>
  run.then(
    () => 'done',
    (error: unknown) => (error as JobError).code,
  );

describe('Breakers', () => {
  it('opens for a target after five transient errors in a row, and for no other', async () => {
    const breakers = new Breakers();
    for (let i = 0; i < 5; i++) expect(await codeOf(breakers.run('a', fail('transient')))).toBe('x');
    const deliver = jest.fn(() => Promise.resolve());
    expect(await codeOf(breakers.run('a', deliver))).toBe('forward_target_down');
    expect(deliver).not.toHaveBeenCalled();
    expect(await codeOf(breakers.run('b', deliver))).toBe('done');
  });

  it.each(['rejected', 'rate_limited'] as const)(
    'stays closed for a target whose answers are %s',
    async (kind) => {
      const breakers = new Breakers();
      for (let i = 0; i < 10; i++) expect(await codeOf(breakers.run('a', fail(kind)))).toBe('x');
      expect(await codeOf(breakers.run('a', () => Promise.resolve()))).toBe('done');
    },
  );
});
