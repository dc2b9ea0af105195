import type { Queues, Shard } from '@optout-sync/shared/queues';

/** In ms. How long the jobs of a shard that comes into use wait at most. */
const POLL_MS = 5_000;

/**
 * Calls `onShard` once for each shard: before it resolves for those of QUEUE_SHARDS and all others in use, later for
 * each that comes into use. So no jobs are left behind when the number is changed or differs between processes.
 */
export async function watchShards(
  queues: Pick<Queues, 'discoverShards'>,
  stopping: AbortSignal,
  onShard: (shard: Shard) => void,
  pollMs = POLL_MS,
): Promise<void> {
  const seen = new Set<Shard>();
  const poll = async (): Promise<void> => {
    for (const shard of await queues.discoverShards()) {
      if (seen.has(shard) || stopping.aborted) continue;
      seen.add(shard);
      onShard(shard);
    }
  };
  await poll();
  // The listener of the connection reports why a poll failed.
  const timer = setInterval(() => void poll().catch(() => undefined), pollMs);
  stopping.addEventListener('abort', () => {
    clearInterval(timer);
  });
}
