import { waitFor } from '@optout-sync/local-runtime/process';
import { Rounds } from './rounds';

it('repeats rounds, also after a failed one, and ends once', async () => {
  const seen: string[] = [];
  const rounds = new Rounds({
    everyMs: 1,
    round: () => {
      seen.push('round');
      return seen.length === 1 ? Promise.reject(new Error('away')) : Promise.resolve();
    },
    failed: (error) => void seen.push((error as Error).message),
    ended: () => {
      seen.push('ended');
      return Promise.resolve();
    },
  });
  rounds.start();
  rounds.start();
  await waitFor(() => seen.length >= 4, { what: 'the third round' });
  await rounds.stop();
  expect(seen.slice(0, 4)).toEqual(['round', 'away', 'round', 'round']);
  expect(seen.filter((one) => one === 'ended')).toHaveLength(1);
  expect(seen.at(-1)).toBe('ended');
});

it('waits for the round under way when it is stopped, and does not report its failure', async () => {
  let fail: (error: Error) => void = () => undefined;
  const failed = jest.fn();
  const ended = jest.fn(() => Promise.resolve());
  const rounds = new Rounds({
    everyMs: 60_000,
    round: () => new Promise((_, reject) => (fail = reject)),
    failed,
    ended,
  });
  rounds.start();
  const stopped = rounds.stop();
  expect(ended).not.toHaveBeenCalled();
  fail(new Error('closed'));
  await stopped;
  expect(failed).not.toHaveBeenCalled();
  expect(ended).toHaveBeenCalledTimes(1);
});
