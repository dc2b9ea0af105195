import { Queue, type JobsOptions } from 'bullmq';
import type { Cluster, Redis } from 'ioredis';
import type { InboundEvent } from '../domain/inbound-event';
import {
  QUEUES,
  deadLetterId,
  forwardId,
  syncQueueName,
  type DeadLetter,
  type FailedAttempt,
  type ForwardRequest,
  type SyncRequest,
} from './jobs';

/** What a queued job holds: its payload and the tries that failed so far. */
export interface JobData<Payload> {
  readonly payload: Payload;
  readonly failures?: readonly FailedAttempt[];
  /** Since when (ms since 1970) it has failed in a passing way and no other. */
  readonly transientSince?: number | undefined;
}

export interface Queues {
  readonly inbound: Queue<JobData<InboundEvent>>;
  readonly forwards: Queue<JobData<ForwardRequest>>;
  readonly deadLetters: Queue<DeadLetter>;
  /** Each workspace has a sync queue of its own, so that one that is slow or down holds up no other. */
  syncOf(workspace: string): Queue<JobData<SyncRequest>>;
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

/** Opens the queues on a connection that is ready (see `untilReady`) and stays the caller's to close. */
export function openQueues(connection: Redis | Cluster, prefix: string): Queues {
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
    // The connection's own listener reports; a queue without one would end the process.
    queue.on('error', () => undefined);
    opened.set(name, queue);
    return queue;
  };
  return {
    inbound: open(QUEUES.inbound),
    forwards: open(QUEUES.forwards),
    deadLetters: open(QUEUES.deadLetters),
    syncOf: (workspace) => open(syncQueueName(workspace)),
    opened: () => [...opened.values()],
  };
}

/** What is told of a message again the same way is the same job; another source or meaning is for the ledger to weigh. */
export function inboundJobId({ messageSid, kind, source }: InboundEvent): string {
  return `${messageSid}-${kind}-${source}`;
}

/** Enqueues an event; while it waits, adding the same again lands once. */
export async function enqueueInbound(
  { inbound }: Pick<Queues, 'inbound'>,
  event: InboundEvent,
): Promise<void> {
  await inbound.add(event.kind, { payload: event }, { jobId: inboundJobId(event) });
}

/** Enqueues many events in one go. When it throws some may be there already: repeat all, the same message lands once. */
export async function enqueueInboundBatch(
  { inbound }: Pick<Queues, 'inbound'>,
  events: readonly InboundEvent[],
): Promise<void> {
  await inbound.addBulk(
    events.map((event) => ({
      name: event.kind,
      data: { payload: event },
      opts: { jobId: inboundJobId(event) },
    })),
  );
}

/**
 * Asks for a phone to be brought up to date. At most one such job waits and one runs for a phone: one asked for while
 * it runs follows it, so nothing recorded meanwhile is missed.
 */
export async function enqueueSync({ syncOf }: Pick<Queues, 'syncOf'>, request: SyncRequest): Promise<void> {
  const id = [request.channel, request.phone].join('|');
  await syncOf(request.workspace).add(
    'sync',
    { payload: request },
    { deduplication: { id, keepLastIfActive: true } },
  );
}

/** Longer than Twilio takes over all its tries of one webhook (15 s) and its fallback URL together. */
const FORWARD_ONCE_MS = 60_000;

/** Asks for a message to be passed on to one target; within a minute the same message to the same target lands once. */
export async function enqueueForward(
  { forwards }: Pick<Queues, 'forwards'>,
  request: ForwardRequest,
): Promise<void> {
  const id = forwardId(request);
  const opts = { jobId: id, deduplication: { id, ttl: FORWARD_ONCE_MS } };
  await forwards.add('forward', { payload: request }, opts);
}

/** Asks again for what was given up, however recently; while it waits, repeating this lands once. */
export async function enqueueForwardAgain(
  { forwards }: Pick<Queues, 'forwards'>,
  request: ForwardRequest,
): Promise<void> {
  await forwards.add('forward', { payload: request }, { jobId: forwardId(request) });
}

/**
 * Puts a letter where operators find it, once. What fails again while its letter is there (as when it is being replayed)
 * is added to that letter. Returns its id.
 */
export async function addDeadLetter(
  { deadLetters }: Pick<Queues, 'deadLetters'>,
  letter: DeadLetter,
): Promise<string> {
  const id = deadLetterId(letter);
  await deadLetters.add(letter.code, letter, { jobId: id });
  const filed = await deadLetters.getJob(id);
  if (filed && filed.data.lastFailedAt < letter.lastFailedAt) {
    const { firstFailedAt, attempts } = filed.data;
    await filed.updateData({ ...letter, firstFailedAt, attempts: [...attempts, ...letter.attempts] });
  }
  return id;
}

export async function closeQueues(queues: Queues): Promise<void> {
  await Promise.all(queues.opened().map((queue) => queue.close()));
}
