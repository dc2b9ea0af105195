import { Queue, type JobsOptions } from 'bullmq';
import type { Cluster, Redis } from 'ioredis';
import type { DestinationName } from '../domain/destination-name';
import type { InboundBatch } from './inbound-job';
import type { JobData } from './job-data';
import {
  QUEUES,
  destinationQueueName,
  syncQueueName,
  type ForwardRequest,
  type ReplayRequest,
  type SyncRequest,
} from './jobs';
import { definePhoneJobs } from './phone-jobs';
import type { PeopleChange } from './people-change';
import type { RawBatch } from './raw-batch';

export interface Queues {
  readonly inbound: Queue<JobData<InboundBatch>>;
  /** Each workspace has its own sync queue, so that a slow or unavailable workspace does not delay the others. */
  readonly syncOf: (workspace: string) => Queue<JobData<SyncRequest>>;
  /** Each optional destination of a workspace has its own queue, so that one that is unavailable delays nothing else. */
  readonly destinationOf: (destination: DestinationName, workspace: string) => Queue<JobData<SyncRequest>>;
  readonly forwards: Queue<JobData<ForwardRequest>>;
  readonly replays: Queue<ReplayRequest>;
  readonly people: Queue<JobData<PeopleChange>>;
  readonly batches: Queue<JobData<RawBatch>>;
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
 */
export function openQueues(connection: Redis | Cluster, prefix: string): Queues {
  definePhoneJobs(connection);
  const opened = new Map<string, Queue>();
  const open = <Data>(name: string): Queue<Data> => {
    const present = opened.get(name);
    if (present) return present as Queue<Data>;
    const queue = new Queue<Data>(name, {
      connection,
      prefix,
      defaultJobOptions: JOB_OPTIONS,
      streams: { events: { maxLen: 100 } },
    });
    // The listener of the connection reports errors. Without a listener of its own, a queue would end the process.
    queue.on('error', () => undefined);
    opened.set(name, queue);
    return queue;
  };
  return {
    inbound: open(QUEUES.inbound),
    syncOf: (workspace) => open(syncQueueName(workspace)),
    destinationOf: (destination, workspace) => open(destinationQueueName(destination, workspace)),
    forwards: open(QUEUES.forwards),
    replays: open(QUEUES.replays),
    people: open(QUEUES.people),
    batches: open(QUEUES.batches),
    opened: () => [...opened.values()],
  };
}

export async function closeQueues(queues: Queues): Promise<void> {
  await Promise.all(queues.opened().map((queue) => queue.close()));
}
