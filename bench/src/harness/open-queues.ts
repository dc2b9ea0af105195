import { closeQueues, openQueues, type Queues } from '@optout-sync/shared';
import type { Bench } from './benchmark';
import type { BenchRedis } from './bench-redis';

/** The queues of the services that run with this prefix. */
export function queuesOf(bench: Pick<Bench, 'after'>, redis: BenchRedis, prefix: string): Queues {
  const queues = openQueues(redis.client, prefix);
  queues.shards[0].syncOf('default');
  bench.after(() => closeQueues(queues));
  return queues;
}

/** Those an opt-out goes through, in order. */
export const flowOf = (queues: Queues) =>
  queues.shards.flatMap(({ inbound, syncOf }) => [inbound, syncOf('default')]);
