import { Queue, type JobsOptions } from 'bullmq';
import type { Cluster, Redis } from 'ioredis';
import { MAX_SHARDS } from '../config/redis-config';
import type { DestinationName } from '../domain/destination-name';
import type { InboundEvent } from '../domain/inbound-event';
import type { E164 } from '../domain/phone';
import {
  QUEUES,
  destinationQueueName,
  syncQueueName,
  type FailedAttempt,
  type ForwardRequest,
  type ReplayRequest,
  type SyncRequest,
} from './jobs';
import type { PeopleChange } from './people-change';
import { shardOf, shardPrefix } from './shard';

/** The data of a job: its payload and its failed attempts so far. */
export interface JobData<Payload> {
  readonly payload: Payload;
  readonly failures?: readonly FailedAttempt[];
  /** From when, in ms since 1970, it has failed with transient errors; moved forward by the time spent in outages. */
  readonly transientSince?: number | undefined;
  /** The replay run that requeued it. */
  readonly run?: string | undefined;
  /** The id of the dead letter that was requeued. */
  readonly replayOf?: string | undefined;
}

/** The queues of a part of all phones. In a cluster each shard is on one master. */
export interface Shard {
  readonly inbound: Queue<JobData<InboundEvent>>;
  /** Each workspace has its own sync queue, so that a slow or unavailable workspace does not delay the others. */
  readonly syncOf: (workspace: string) => Queue<JobData<SyncRequest>>;
  /** Each optional destination of a workspace has its own queue, so that one that is unavailable delays nothing else. */
  readonly destinationOf: (destination: DestinationName, workspace: string) => Queue<JobData<SyncRequest>>;
}

export interface Queues {
  /** The shards that new jobs go to. */
  readonly shards: readonly [Shard, ...Shard[]];
  /** Returns the shard that new jobs of a phone go to. */
  readonly shardOf: (phone: E164) => Shard;
  /**
   * Returns every shard that has ever had jobs, including those of a process with another QUEUE_SHARDS. Repeated calls return
   * the same objects.
   */
  discoverShards(): Promise<Shard[]>;
  readonly forwards: Queue<JobData<ForwardRequest>>;
  readonly replays: Queue<ReplayRequest>;
  readonly people: Queue<JobData<PeopleChange>>;
  /** Returns all queues opened so far. */
  opened(): Queue[];
}

/**
 * The worker has its own retry policy. BullMQ's retries apply when a processor cannot store how its job failed, as when Redis
 * is unreachable: the job is retried each second, for longer than any outage lasts.
 */
const JOB_OPTIONS: JobsOptions = {
  attempts: 1_000_000,
  backoff: { type: 'fixed', delay: 1_000 },
  removeOnComplete: true,
  removeOnFail: false,
};

/**
 * Opens the queues on a connection that is ready (see `untilReady`). The caller closes the connection.
 *
 * @param prefix see `queuePrefix`
 * @param options.shards how many shards new jobs are spread over (default: 1)
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
    // The listener of the connection reports errors. Without a listener of its own, a queue would end the process.
    queue.on('error', () => undefined);
    opened.set(key, queue);
    return queue;
  };
  const openShard = (shard: number): Shard => {
    const under = shardPrefix(prefix, shard);
    return {
      inbound: open(QUEUES.inbound, under),
      syncOf: (workspace) => open(syncQueueName(workspace), under),
      destinationOf: (destination, workspace) => open(destinationQueueName(destination, workspace), under),
    };
  };
  const first = openShard(0);
  const current = [first, ...Array.from({ length: shards - 1 }, (_, n) => openShard(n + 1))] as const;
  const beyond = new Map<number, Shard>();
  return {
    shards: current,
    shardOf: (phone) => current[shardOf(phone, shards)] ?? first,
    async discoverShards() {
      for (const shard of await shardsInUse(connection, prefix, shards)) {
        if (!beyond.has(shard)) beyond.set(shard, openShard(shard));
      }
      return [...current, ...beyond.values()];
    },
    forwards: open(QUEUES.forwards),
    replays: open(QUEUES.replays),
    people: open(QUEUES.people),
    opened: () => [...opened.values()],
  };
}

/** Returns the numbers, from `from` on, of the shards that a process has opened (`meta`) or added a job to (`id`). */
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
