import { randomUUID } from 'node:crypto';
import { Queue, type JobsOptions } from 'bullmq';
import type { Cluster, Redis } from 'ioredis';
import type { InboundEvent } from '../domain/inbound-event';
import { DeadLetterStore } from '../dead-letters/dead-letter-store';
import { ReplayRuns } from '../dead-letters/replay-runs';
import {
  QUEUES,
  forwardId,
  syncQueueName,
  type FailedAttempt,
  type ForwardRequest,
  type ReplayRequest,
  type SyncRequest,
} from './jobs';
import { PRIORITY, laneOf, type Lane } from './lane';

/** What a queued job holds: its payload and the tries that failed so far. */
export interface JobData<Payload> {
  readonly payload: Payload;
  readonly failures?: readonly FailedAttempt[];
  /** Since when (ms since 1970) it has failed in a passing way and no other. */
  readonly transientSince?: number | undefined;
  /** The replay run that put it back to work. */
  readonly run?: string | undefined;
}

/** Which way a job goes, and which replay run asks for it. */
export interface How {
  readonly lane?: Lane;
  readonly run?: string | undefined;
}

export interface Queues {
  readonly inbound: Queue<JobData<InboundEvent>>;
  readonly forwards: Queue<JobData<ForwardRequest>>;
  readonly replays: Queue<ReplayRequest>;
  readonly deadLetters: DeadLetterStore;
  readonly runs: ReplayRuns;
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

/**
 * Opens the queues on a connection that is ready (see `untilReady`) and stays the caller's to close. By `workspaceOf`, the
 * workspace of an account, dead letters can be found.
 */
export function openQueues(
  connection: Redis | Cluster,
  prefix: string,
  workspaceOf?: (accountSid: string) => string | undefined,
): Queues {
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
  const deadLetters = new DeadLetterStore(connection, prefix, workspaceOf);
  return {
    inbound: open(QUEUES.inbound),
    forwards: open(QUEUES.forwards),
    replays: open(QUEUES.replays),
    deadLetters,
    runs: new ReplayRuns(connection, prefix, deadLetters),
    syncOf: (workspace) => open(syncQueueName(workspace)),
    opened: () => [...opened.values()],
  };
}

/**
 * What is told of a message again the same way is the same job; another source or meaning is for the ledger to weigh. A
 * replay is a job of its own, so that the message's own delivery is not held up behind it.
 */
export function inboundJobId({ messageSid, kind, source }: InboundEvent, run?: string): string {
  return [messageSid, kind, source, ...(run === undefined ? [] : ['replay'])].join('-');
}

/** Enqueues an event; while it waits, adding the same again lands once. */
export async function enqueueInbound(
  { inbound }: Pick<Queues, 'inbound'>,
  event: InboundEvent,
  { lane = laneOf(event), run }: How = {},
): Promise<void> {
  await inbound.add(event.kind, { payload: event, run }, inboundOptions(event, lane, run));
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
      opts: inboundOptions(event, laneOf(event)),
    })),
  );
}

function inboundOptions(event: InboundEvent, lane: Lane, run?: string): JobsOptions {
  return { jobId: inboundJobId(event, run), priority: PRIORITY[lane] };
}

/**
 * Asks for a phone to be brought up to date. At most one such job waits and one runs for a phone: one asked for while
 * it runs follows it, so nothing recorded meanwhile is missed. What is asked for by live traffic goes before what is not,
 * also when the one that waits was asked for by a replay.
 */
export async function enqueueSync(
  { syncOf }: Pick<Queues, 'syncOf'>,
  request: SyncRequest,
  { lane = 'live', run }: How = {},
): Promise<void> {
  const queue = syncOf(request.workspace);
  const id = [request.channel, request.phone].join('|');
  // One that is to follow the running sync is there: another would replace it, and with it its lane.
  if (lane === 'background' && (await isFollowed(queue, id))) return;
  const jobId = randomUUID();
  const added = await queue.add(
    'sync',
    { payload: request, run },
    { jobId, priority: PRIORITY[lane], deduplication: { id, keepLastIfActive: true } },
  );
  if (lane === 'live' && added.id !== jobId) await lift(queue, added.id);
}

async function isFollowed(queue: Queue, deduplicationId: string): Promise<boolean> {
  const redis = await queue.getBackend().client;
  return (await redis.hexists(queue.toKey(`dn:${deduplicationId}`), 'name')) === 1;
}

/** Gives a job that waits, also for its next try, the priority of live traffic. One that is gone by now needs none. */
async function lift(queue: Queue, jobId: string | undefined): Promise<void> {
  const job = jobId === undefined ? undefined : await queue.getJob(jobId);
  if (!job || job.priority === PRIORITY.live) return;
  try {
    await job.changePriority({ priority: PRIORITY.live });
  } catch (error) {
    if (await queue.getJob(job.id ?? '')) throw error;
  }
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
  { lane = 'live', run }: How = {},
): Promise<void> {
  const opts = { jobId: forwardId(request), priority: PRIORITY[lane] };
  await forwards.add('forward', { payload: request, run }, opts);
}

/** Has a worker carry a run on; while one does, asking again changes nothing. */
export async function enqueueReplay({ replays }: Pick<Queues, 'replays'>, run: string): Promise<void> {
  await replays.add('replay', { run }, { jobId: run });
}

export async function closeQueues(queues: Queues): Promise<void> {
  await Promise.all(queues.opened().map((queue) => queue.close()));
}
