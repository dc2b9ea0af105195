import { join } from 'node:path';
import type { Queue } from 'bullmq';
import type { Bench, Benchmark, Outcome } from '../harness/benchmark';
import { contest, figure, type Contender } from '../harness/contest';
import { cpuSeconds } from '../harness/cpu-time';
import { startSandbox } from '../harness/customerio';
import { queuesOf } from '../harness/open-queues';
import { startWorker } from '../harness/our-services';
import { answersOk, startProgram, type Program } from '../harness/program';
import { perEvent, redisWork } from '../harness/redis-work';
import { ratio, summarize } from '../harness/statistics';
import { enqueueStops, untilEmpty } from '../load/events';
import { number, spread } from '../report/format';
import { atLeast } from '../report/targets';

const NOOP = 'BullMQ worker that does nothing';
const RECORD = 'record alone';
const WHOLE = 'record and sync';

/** The most that the worker can be told: nothing waits for a turn. */
const SETTINGS = { CUSTOMERIO_APP_RPS: '1000', CUSTOMERIO_TRACK_RPS: '1000' };

export const worker: Benchmark = {
  name: 'worker',
  about:
    'events a second through record and sync on one core, with a Customer.io that has no limits and answers at once',
  run,
};

async function run(bench: Bench): Promise<Outcome> {
  const { cores, quick, rounds, say } = bench;
  const count = quick ? 3_000 : 20_000;
  const redis = await bench.redis();
  const sandbox = await startSandbox(cores?.others, ['--no-limits', '--log-requests', '0']);
  bench.after(() => sandbox.stop());
  const ours = await startWorker({
    cores: cores?.measured,
    redisUrl: redis.url,
    prefix: 'optout',
    sandbox,
    settings: SETTINGS,
  });
  bench.after(() => ours.stop());
  const noop = await startProgram({
    name: 'noop-worker',
    file: join(__dirname, '../peers/noop-worker.js'),
    cores: cores?.measured,
    env: (port) => ({ PORT: String(port), REDIS_URL: redis.url, QUEUE_PREFIX: 'noop' }),
    isReady: (port) => answersOk(`http://127.0.0.1:${String(port)}`),
  });
  bench.after(() => noop.stop());
  const ourQueues = queuesOf(bench, redis, 'optout');
  const noopQueues = queuesOf(bench, redis, 'noop');
  const syncs = ourQueues.shards[0].syncOf('default');
  await sandbox.addPeople(0, count);

  const contender = (
    name: string,
    program: Program,
    queues: typeof ourQueues,
    awaited: readonly Queue[],
    held?: Queue,
  ): Contender => ({
    name,
    measure: async () => {
      await redis.clear();
      await held?.pause();
      await queues.shards[0].inbound.pause();
      await enqueueStops(queues, 0, count);
      const before = await redisWork(redis);
      const cpuBefore = cpuSeconds(program.pid) ?? Number.NaN;
      const startedAt = performance.now();
      await queues.shards[0].inbound.resume();
      await untilEmpty(awaited, 600_000);
      const seconds = (performance.now() - startedAt) / 1_000;
      const cpu = (cpuSeconds(program.pid) ?? Number.NaN) - cpuBefore;
      return {
        'per second': count / seconds,
        'µs of CPU': (cpu * 1e6) / count,
        ...perEvent(before, await redisWork(redis), count),
      };
    },
  });
  const results = await contest(
    [
      contender(NOOP, noop, noopQueues, [noopQueues.shards[0].inbound]),
      contender(RECORD, ours, ourQueues, [ourQueues.shards[0].inbound], syncs),
      contender(WHOLE, ours, ourQueues, [ourQueues.shards[0].inbound, syncs]),
    ],
    rounds,
    say,
  );
  const of = (name: string, key: string): number[] => figure(results, name, key);
  const rate = (name: string): number[] => of(name, 'per second');
  return {
    tables: [
      {
        title: `${number(count)} STOPs of as many people that wait in the queue`,
        columns: ['worker', 'events/s', 'ratio to nothing', 'µs of CPU an event'],
        rows: results.map(({ name }) => [
          name,
          spread(summarize(rate(name))),
          spread(ratio(rate(name), rate(NOOP))),
          spread(summarize(of(name, 'µs of CPU'))),
        ]),
      },
      {
        title: 'what Redis does for each event',
        columns: [
          'worker',
          'commands, those in scripts too',
          'reads from a socket',
          'bytes in',
          'bytes out',
          'µs of CPU',
        ],
        rows: results.map(({ name }) => [
          name,
          ...['commands', 'reads', 'bytes in', 'bytes out', 'Redis µs'].map((key) =>
            spread(summarize(of(name, key))),
          ),
        ]),
      },
    ],
    targets: [
      atLeast('record to a worker that does nothing', ratio(rate(RECORD), rate(NOOP)), 0.5),
      atLeast('the whole path to a worker that does nothing', ratio(rate(WHOLE), rate(NOOP)), 0.15),
    ],
    notes: [
      'Concurrency 50 in both for the first queue; the budget at its highest, 1,000 requests/s for each API, with 100 phones in a search.',
      'Record alone: the second queue is paused, so its jobs are added and not taken.',
    ],
    rounds: results,
  };
}
