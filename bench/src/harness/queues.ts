import { openJobStores, type JobStores } from '@optout-sync/shared/dead-letters';
import { closeQueues } from '@optout-sync/shared/queues';
import type { BenchContext } from './benchmark';
import type { BenchRedis } from './redis';

/** Opens the queues of the services with this prefix until the end of the benchmark. */
export function openQueues(bench: Pick<BenchContext, 'after'>, redis: BenchRedis, prefix: string): JobStores {
  const queues = openJobStores(redis.client, prefix);
  queues.syncOf('default');
  bench.after(() => closeQueues(queues));
  return queues;
}

/** The queues that an opt-out passes, in order. */
export const queuesInOrder = ({ inbound, syncOf }: JobStores) => [inbound, syncOf('default')];

const JOBS_A_READ = 2_000;

/**
 * How many events wait in a queue; a job of ingest holds several.
 *
 * @param queue with its prefix, as in `optout:inbound-events`
 */
export async function storedEvents({ client }: BenchRedis, queue: string): Promise<number> {
  const ids = [
    ...(await client.lrange(`${queue}:wait`, 0, -1)),
    ...(await client.lrange(`${queue}:paused`, 0, -1)),
  ];
  let events = 0;
  for (let at = 0; at < ids.length; at += JOBS_A_READ) {
    const jobs = client.pipeline();
    for (const id of ids.slice(at, at + JOBS_A_READ)) jobs.hget(`${queue}:${id}`, 'data');
    for (const [, data] of (await jobs.exec()) ?? []) events += eventsIn(String(data));
  }
  return events;
}

function eventsIn(data: string): number {
  const { payload } = JSON.parse(data) as { payload?: { events?: unknown[] } };
  return payload?.events?.length ?? 1;
}
