import { queuePrefix } from '@optout-sync/shared/redis';
import type { WorkerContext } from '../context';
import { storedNamesKey } from '../workspace/watch-stored-names';
import { QueueMover } from './queue-mover';
import { findShardQueues } from './shard-queues';

const LOOK_MS = 30_000;

/**
 * Empties the queue shards of earlier versions into the present queues. It looks for jobs on them at once and every 30 seconds,
 * whatever the settings. This folder is for one release: see docs/upgrade.md.
 *
 * @returns stops it
 */
export function moveShards(context: WorkerContext, lookMs = LOOK_MS): () => Promise<void> {
  const { config, redis, log } = context;
  const prefix = queuePrefix(config.redis);
  const movers = new Map<string, QueueMover>();
  const named = new Set<number>();
  // The next look repeats what failed.
  const report = (error: unknown): void => {
    log.warn({ err: error, code: 'shards_not_moved' }, 'queue shards of an earlier version are not moved');
  };

  async function look(): Promise<void> {
    for (const queue of await findShardQueues(redis, prefix, await workspacesWithJobs(context))) {
      const key = `${queue.prefix}:${queue.name}`;
      if (!movers.has(key)) movers.set(key, new QueueMover(queue, context));
      if (named.has(queue.shard)) continue;
      named.add(queue.shard);
      log.info(
        { shard: queue.shard },
        'jobs of a queue shard of an earlier version are moved to the one queue',
      );
    }
    await Promise.all([...movers].map((one) => tend(...one).catch(report)));
  }
  async function tend(key: string, mover: QueueMover): Promise<void> {
    if (await mover.look()) return;
    movers.delete(key);
    await mover.close();
  }

  let running: Promise<void> | undefined;
  const start = (): void => {
    running ??= look()
      .catch(report)
      .finally(() => (running = undefined));
  };
  start();
  const timer = setInterval(start, lookMs);
  return async () => {
    clearInterval(timer);
    await running;
    await Promise.all([...movers.values()].map((mover) => mover.close()));
  };
}

/** The names of the workspaces that are configured, and of others that jobs were found of. */
async function workspacesWithJobs({ redis, config, workspaces }: WorkerContext): Promise<Set<string>> {
  const stored = JSON.parse((await redis.get(storedNamesKey(config.redis.prefix))) ?? 'null') as {
    readonly queues?: Readonly<Record<string, number>>;
  } | null;
  return new Set([...workspaces.keys(), ...Object.keys(stored?.queues ?? {})]);
}
