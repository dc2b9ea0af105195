import { openJobStores, type JobStores } from '@optout-sync/shared/dead-letters';
import { closeQueues } from '@optout-sync/shared/queues';
import type { BenchRedis } from './bench-redis';
import type { BenchContext } from './benchmark';

/** Opens the queues of the services with this prefix until the end of the benchmark. */
export function openQueues(bench: Pick<BenchContext, 'after'>, redis: BenchRedis, prefix: string): JobStores {
  const queues = openJobStores(redis.client, prefix);
  queues.syncOf('default');
  bench.after(() => closeQueues(queues));
  return queues;
}

/** The queues that an opt-out passes, in order. */
export const queuesInOrder = ({ inbound, syncOf }: JobStores) => [inbound, syncOf('default')];
