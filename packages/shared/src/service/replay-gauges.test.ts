import { createRegistry } from './registry';
import { registerReplayGauges } from './replay-gauges';

test('open replay runs show by state, with what they have not reached', async () => {
  const runs: Record<string, object> = {
    a: { state: 'running', total: 10, done: 3, failed: 1 },
    b: { state: 'waiting', total: 5, done: 0, failed: 0 },
  };
  const registry = createRegistry('test');
  registerReplayGauges(registry, {
    open: () => Promise.resolve(['a', 'b', 'newer']),
    get: (id) => (runs[id] ? Promise.resolve(runs[id] as never) : Promise.reject(new Error('newer'))),
  });
  expect((await registry.metrics()).match(/^optout_replay.*$/gm)).toEqual([
    'optout_replay_runs{state="waiting",service="test"} 1',
    'optout_replay_runs{state="running",service="test"} 1',
    'optout_replay_letters_left{service="test"} 11',
  ]);
});
