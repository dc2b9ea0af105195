import { openJobStores, type JobStores } from '@optout-sync/shared/dead-letters';
import { closeQueues } from '@optout-sync/shared/queues';
import type { BenchRedis } from './bench-redis';
import type { Bench } from './benchmark';

/** The queues of the services that run with this prefix. */
export function queuesOf(bench: Pick<Bench, 'after'>, redis: BenchRedis, prefix: string): JobStores {
  const queues = openJobStores(redis.client, prefix);
  queues.shards[0].syncOf('default');
  bench.after(() => closeQueues(queues));
  return queues;
}

/** Those an opt-out goes through, in order. */
export const flowOf = (queues: JobStores) =>
  queues.shards.flatMap(({ inbound, syncOf }) => [inbound, syncOf('default')]);
