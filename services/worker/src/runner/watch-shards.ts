import type { Queues, Shard } from '@optout-sync/shared/queues';

/** While jobs go to more shards than this worker was told of, they wait as long. */
const LOOK_MS = 5_000;

/**
 * Gives each shard once: those of QUEUE_SHARDS and all others in use before it resolves, and later each that comes into
 * use. So no jobs are forgotten where the number was changed, or is not the same everywhere.
 */
export async function watchShards(
  queues: Pick<Queues, 'usedShards'>,
  stopping: AbortSignal,
  take: (shard: Shard) => void,
  lookMs = LOOK_MS,
): Promise<void> {
  const taken = new Set<Shard>();
  const look = async (): Promise<void> => {
    for (const shard of await queues.usedShards()) {
      if (taken.has(shard) || stopping.aborted) continue;
      taken.add(shard);
      take(shard);
    }
  };
  await look();
  // The connection's own listener reports why one failed.
  const timer = setInterval(() => void look().catch(() => undefined), lookMs);
  stopping.addEventListener('abort', () => {
    clearInterval(timer);
  });
}
