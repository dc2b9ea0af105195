import { Queue } from 'bullmq';
import type { Cluster, Redis } from 'ioredis';
import { DestinationName } from '@optout-sync/shared/domain';
import { destinationQueueName, syncQueueName, type JobData } from '@optout-sync/shared/queues';

/** Those of earlier versions beside shard 0, whose queues are the present ones. */
const SHARDS = Array.from({ length: 63 }, (_, n) => n + 1);
const INBOUND = 'inbound-events';
/** The keys that a queue has while it has jobs. */
const STATES = ['wait', 'paused', 'active', 'delayed', 'prioritized', 'failed'];

/** What the jobs of a queue do. */
export type Kind =
  | { readonly type: 'inbound' }
  | { readonly type: 'sync'; readonly workspace: string }
  | { readonly type: DestinationName; readonly workspace: string };

/** A queue of a shard. */
export interface ShardQueue {
  readonly shard: number;
  readonly kind: Kind;
  readonly name: string;
  /** Of its keys. */
  readonly prefix: string;
}

/**
 * Returns the key prefix of a shard: `optout:1` of `optout`. In a cluster the number is within the hash tag, `{optout:1}`, so
 * that each shard has a slot of its own.
 */
function shardPrefix(prefix: string, shard: number): string {
  return prefix.replace(/\}?$/, (end) => `:${String(shard)}${end}`);
}

/**
 * Finds the queues of all shards that have jobs.
 *
 * @param prefix see `queuePrefix`
 * @param workspaces whose queues are looked for
 */
export async function findShardQueues(
  redis: Redis | Cluster,
  prefix: string,
  workspaces: Iterable<string>,
): Promise<ShardQueue[]> {
  const kinds: Kind[] = [
    { type: 'inbound' },
    ...[...workspaces].flatMap((workspace) =>
      (['sync', ...DestinationName.options] as const).map((type) => ({ type, workspace })),
    ),
  ];
  const inUse = await filter(SHARDS, (shard) => isInUse(redis, shardPrefix(prefix, shard)));
  const queues = inUse.flatMap((shard) =>
    kinds.map((kind) => ({ shard, kind, name: nameOf(kind), prefix: shardPrefix(prefix, shard) })),
  );
  return filter(queues, (queue) => hasJobs(redis, queue));
}

export async function hasJobs(redis: Redis | Cluster, { prefix, name }: ShardQueue): Promise<boolean> {
  return (await redis.exists(...STATES.map((state) => `${prefix}:${name}:${state}`))) > 0;
}

/** Opens a queue without a trace in Redis. */
export function openShardQueue(
  connection: Redis | Cluster,
  { name, prefix }: ShardQueue,
): Queue<JobData<unknown>> {
  const queue = new Queue<JobData<unknown>>(name, { connection, prefix, skipMetasUpdate: true });
  // The listener of the connection reports errors. Without a listener of its own, a queue would end the process.
  queue.on('error', () => undefined);
  return queue;
}

/** Whether a process has opened the inbound queue of a shard (`meta`) or added a job to it (`id`). */
async function isInUse(redis: Redis | Cluster, prefix: string): Promise<boolean> {
  return (await redis.exists(`${prefix}:${INBOUND}:meta`, `${prefix}:${INBOUND}:id`)) > 0;
}

function nameOf(kind: Kind): string {
  switch (kind.type) {
    case 'inbound':
      return INBOUND;
    case 'sync':
      return syncQueueName(kind.workspace);
    default:
      return destinationQueueName(kind.type, kind.workspace);
  }
}

async function filter<Item>(
  items: readonly Item[],
  holds: (item: Item) => Promise<boolean>,
): Promise<Item[]> {
  const results = await Promise.all(items.map(holds));
  return items.filter((_, index) => results[index]);
}
