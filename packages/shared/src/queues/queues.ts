import { Queue, type JobsOptions } from 'bullmq';
import type { Cluster, Redis } from 'ioredis';
import type { InboundEvent } from '../domain/inbound-event';
import { QUEUES, deadLetterId, type DeadLetter, type FailedAttempt, type SyncRequest } from './jobs';

/** What a queued job holds: its payload and the tries that failed so far. */
export interface JobData<Payload> {
  readonly payload: Payload;
  readonly failures?: readonly FailedAttempt[];
}

export interface Queues {
  readonly inbound: Queue<JobData<InboundEvent>>;
  readonly sync: Queue<JobData<SyncRequest>>;
  readonly deadLetters: Queue<DeadLetter>;
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

/** Opens the queues on a connection that is ready (see `untilReady`) and stays the caller's to close. */
export function openQueues(connection: Redis | Cluster, prefix: string): Queues {
  const open = <Data>(name: string): Queue<Data> => {
    const queue = new Queue<Data>(name, {
      connection,
      prefix,
      defaultJobOptions: JOB_OPTIONS,
      streams: { events: { maxLen: 100 } },
    });
    // The connection's own listener reports; a queue without one would end the process.
    queue.on('error', () => undefined);
    return queue;
  };
  return {
    inbound: open(QUEUES.inbound),
    sync: open(QUEUES.sync),
    deadLetters: open(QUEUES.deadLetters),
  };
}

/** Enqueues an event; while it waits, adding the same message again lands once. */
export async function enqueueInbound(
  { inbound }: Pick<Queues, 'inbound'>,
  event: InboundEvent,
): Promise<void> {
  await inbound.add(event.kind, { payload: event }, { jobId: event.messageSid });
}

/**
 * Asks for a phone to be brought up to date. At most one such job waits and one runs for a phone: one asked for while
 * it runs follows it, so nothing recorded meanwhile is missed.
 */
export async function enqueueSync({ sync }: Pick<Queues, 'sync'>, request: SyncRequest): Promise<void> {
  const id = [request.workspace, request.channel, request.phone].join('|');
  await sync.add('sync', { payload: request }, { deduplication: { id, keepLastIfActive: true } });
}

/** Puts a letter where operators find it, once. Returns its id. */
export async function addDeadLetter(
  { deadLetters }: Pick<Queues, 'deadLetters'>,
  letter: DeadLetter,
): Promise<string> {
  const id = deadLetterId(letter);
  await deadLetters.add(letter.code, letter, { jobId: id });
  return id;
}

export async function closeQueues(queues: Queues): Promise<void> {
  await Promise.all(Object.values(queues).map((queue: Queue) => queue.close()));
}
