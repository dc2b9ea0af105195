import { Queue, type JobsOptions } from 'bullmq';
import type { Cluster, Redis } from 'ioredis';
import { MAX_SHARDS } from '../config/redis-config';
import type { InboundEvent } from '../domain/inbound-event';
import type { E164 } from '../domain/phone';
import {
  QUEUES,
  syncQueueName,
  type FailedAttempt,
  type ForwardRequest,
  type ReplayRequest,
  type SyncRequest,
} from './jobs';
import { shardOf, shardPrefix } from './shard';

/** What a queued job holds: its payload and the tries that failed so far. */
export interface JobData<Payload> {
  readonly payload: Payload;
  readonly failures?: readonly FailedAttempt[];
  /** From when (ms since 1970) it has failed with transient errors; time in outages is left out. */
  readonly transientSince?: number | undefined;
  /** The replay run that put it back to work. */
  readonly run?: string | undefined;
}

/** The queues of a part of all phones; in a cluster each shard is on one master. */
export interface Shard {
  readonly inbound: Queue<JobData<InboundEvent>>;
  /** Each workspace has a sync queue of its own, so that one that is slow or down holds up no other. */
  readonly syncOf: (workspace: string) => Queue<JobData<SyncRequest>>;
}

export interface Queues {
  /** Those that new jobs go to. */
  readonly shards: readonly [Shard, ...Shard[]];
  /** The one that new jobs of a phone go to. */
  readonly shardOf: (phone: E164) => Shard;
  /** Those that hold jobs or ever held some, also where QUEUE_SHARDS is or was another number: always the same objects. */
  usedShards(): Promise<Shard[]>;
  readonly forwards: Queue<JobData<ForwardRequest>>;
  readonly replays: Queue<ReplayRequest>;
  /** All that are open so far. */
  opened(): Queue[];
}

/**
 * Retries are the worker's own policy. These are for a job whose processor could not even say how it failed (Redis was
 * away): it is tried again each second, more often than any outage lasts.
 */
const JOB_OPTIONS: JobsOptions = {
  attempts: 1_000_000,
  backoff: { type: 'fixed', delay: 1_000 },
  removeOnComplete: true,
  removeOnFail: false,
};

/**
 * Opens the queues on a connection that is ready (see `untilReady`) and stays the caller's to close.
 *
 * @param prefix see `queuePrefix`
 * @param options.shards how many new jobs are spread over (default: 1)
 */
export function openQueues(
  connection: Redis | Cluster,
  prefix: string,
  { shards = 1 }: { readonly shards?: number | undefined } = {},
): Queues {
  const opened = new Map<string, Queue>();
  const open = <Data>(name: string, under = prefix): Queue<Data> => {
    const key = `${under}:${name}`;
    const present = opened.get(key);
    if (present) return present as Queue<Data>;
    const queue = new Queue<Data>(name, {
      connection,
      prefix: under,
      defaultJobOptions: JOB_OPTIONS,
      streams: { events: { maxLen: 100 } },
    });
    // The connection's own listener reports; a queue without one would end the process.
    queue.on('error', () => undefined);
    opened.set(key, queue);
    return queue;
  };
  const openShard = (shard: number): Shard => {
    const under = shardPrefix(prefix, shard);
    return {
      inbound: open(QUEUES.inbound, under),
      syncOf: (workspace) => open(syncQueueName(workspace), under),
    };
  };
  const first = openShard(0);
  const current = [first, ...Array.from({ length: shards - 1 }, (_, n) => openShard(n + 1))] as const;
  const beyond = new Map<number, Shard>();
  return {
    shards: current,
    shardOf: (phone) => current[shardOf(phone, shards)] ?? first,
    async usedShards() {
      for (const shard of await shardsInUse(connection, prefix, shards)) {
        if (!beyond.has(shard)) beyond.set(shard, openShard(shard));
      }
      return [...current, ...beyond.values()];
    },
    forwards: open(QUEUES.forwards),
    replays: open(QUEUES.replays),
    opened: () => [...opened.values()],
  };
}

/** The numbers, from `from` on, of the shards that somebody opened (`meta`) or added a job to (`id`). */
async function shardsInUse(connection: Redis | Cluster, prefix: string, from: number): Promise<number[]> {
  const numbers = Array.from({ length: MAX_SHARDS - from }, (_, n) => from + n);
  const found = await Promise.all(
    numbers.map((shard) => {
      const inbound = `${shardPrefix(prefix, shard)}:${QUEUES.inbound}`;
      return connection.exists(`${inbound}:meta`, `${inbound}:id`);
    }),
  );
  return numbers.filter((_, n) => found[n]);
}

export async function closeQueues(queues: Queues): Promise<void> {
  await Promise.all(queues.opened().map((queue) => queue.close()));
}
