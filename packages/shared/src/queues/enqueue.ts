import { randomUUID } from 'node:crypto';
import type { JobsOptions, Queue } from 'bullmq';
import type { InboundEvent } from '../domain/inbound-event';
import type { Subject } from '../domain/subject';
import { forwardId, type ForwardRequest, type SyncRequest } from './jobs';
import { PRIORITY, laneOf, type Lane } from './lane';
import type { Queues, Shard } from './queues';

/** The lane of a job, and the replay run that requeues it. */
export interface EnqueueOptions {
  readonly lane?: Lane;
  readonly run?: string | undefined;
}

/**
 * The job id of an event. A repeated delivery by the same source with the same kind is the same job; with another source or
 * kind it is another job, and the ledger decides between them. A replay has its own job, so that a delivery of the message
 * does not wait behind it.
 */
export function inboundJobId({ messageSid, kind, source }: InboundEvent, run?: string): string {
  return ofRun([messageSid, kind, source].join('-'), run);
}

/** A requeued payload gets its own job: the job that failed may not have ended yet. */
function ofRun(jobId: string, run: string | undefined): string {
  return run === undefined ? jobId : `${jobId}-${run}`;
}

/** Enqueues an event. Repeating it while the job waits adds nothing. */
export async function enqueueInbound(
  { shardOf }: Pick<Queues, 'shardOf'>,
  event: InboundEvent,
  { lane = laneOf(event), run }: EnqueueOptions = {},
): Promise<void> {
  await shardOf(event.phone).inbound.add(
    event.kind,
    { payload: event, run },
    inboundOptions(event, lane, run),
  );
}

/**
 * Enqueues many events, with one command per shard. When it throws, some events may have been enqueued; repeating all of
 * them is safe, because an event whose job waits is not added again.
 */
export async function enqueueInboundBatch(
  { shardOf }: Pick<Queues, 'shardOf'>,
  events: readonly InboundEvent[],
): Promise<void> {
  const byShard = new Map<Shard, InboundEvent[]>();
  for (const event of events) {
    const shard = shardOf(event.phone);
    const some = byShard.get(shard);
    if (some) some.push(event);
    else byShard.set(shard, [event]);
  }
  await Promise.all(
    [...byShard].map(([{ inbound }, some]) =>
      inbound.addBulk(
        some.map((event) => ({
          name: event.kind,
          data: { payload: event },
          opts: inboundOptions(event, laneOf(event)),
        })),
      ),
    ),
  );
}

function inboundOptions(event: InboundEvent, lane: Lane, run?: string): JobsOptions {
  return { jobId: inboundJobId(event, run), priority: PRIORITY[lane] };
}

/**
 * Enqueues a sync of a phone. Guarantee: at most one sync of a phone waits and one runs. A request during a running sync
 * causes one more sync after it, so nothing recorded meanwhile is missed. A live request takes precedence: it also raises a
 * waiting sync that a replay requested to the live lane.
 */
export async function enqueueSync(
  { shardOf }: Pick<Queues, 'shardOf'>,
  request: SyncRequest,
  { lane = 'live', run }: EnqueueOptions = {},
): Promise<void> {
  const queue = shardOf(request.phone).syncOf(request.workspace);
  const id = syncId(request);
  // A next sync is already requested behind the running one. Another request would replace it, together with its lane.
  if (lane === 'background' && (await hasNext(queue, id))) return;
  const jobId = randomUUID();
  const added = await queue.add(
    'sync',
    { payload: request, run },
    { jobId, priority: PRIORITY[lane], deduplication: { id, keepLastIfActive: true } },
  );
  if (lane === 'live' && added.id !== jobId) await raiseToLive(queue, added.id);
}

/** Whether a phone has a sync job, in whatever state. */
export async function isSyncQueued(
  { shardOf }: Pick<Queues, 'shardOf'>,
  { workspace, channel, phone }: Subject,
): Promise<boolean> {
  const queue = shardOf(phone).syncOf(workspace);
  return (await queue.getDeduplicationJobId(syncId({ channel, phone }))) !== null;
}

/** The deduplication id of the syncs of a phone. */
function syncId({ channel, phone }: Pick<Subject, 'channel' | 'phone'>): string {
  return [channel, phone].join('|');
}

/** Whether a next job is requested behind the running one. BullMQ stores it in `dn:<id>` (`keepLastIfActive`). */
async function hasNext(queue: Queue, deduplicationId: string): Promise<boolean> {
  const redis = await queue.getBackend().client;
  return (await redis.hexists(queue.toKey(`dn:${deduplicationId}`), 'name')) === 1;
}

/** Raises a job that waits, or waits for its next attempt, to the live lane. Ignores a job that is gone by now. */
async function raiseToLive(queue: Queue, jobId: string | undefined): Promise<void> {
  const job = jobId === undefined ? undefined : await queue.getJob(jobId);
  if (!job || job.priority === PRIORITY.live) return;
  try {
    await job.changePriority({ priority: PRIORITY.live });
  } catch (error) {
    if (await queue.getJob(job.id ?? '')) throw error;
  }
}

/** Longer than all of Twilio's attempts for one webhook (15 s) and its fallback URL together. */
const FORWARD_DEDUPLICATION_MS = 60_000;

/** Enqueues a forward of a message to one target. Repeating it within a minute adds nothing. */
export async function enqueueForward(
  { forwards }: Pick<Queues, 'forwards'>,
  request: ForwardRequest,
): Promise<void> {
  const id = forwardId(request);
  const opts = { jobId: id, deduplication: { id, ttl: FORWARD_DEDUPLICATION_MS } };
  await forwards.add('forward', { payload: request }, opts);
}

/** Enqueues a forward that had failed, however recently. Repeating it while the job waits adds nothing. */
export async function enqueueForwardAgain(
  { forwards }: Pick<Queues, 'forwards'>,
  request: ForwardRequest,
  { lane = 'live', run }: EnqueueOptions = {},
): Promise<void> {
  const opts = { jobId: ofRun(forwardId(request), run), priority: PRIORITY[lane] };
  await forwards.add('forward', { payload: request, run }, opts);
}

/** Enqueues a replay run. Repeating it while a worker carries the run out adds nothing. */
export async function enqueueReplay({ replays }: Pick<Queues, 'replays'>, run: string): Promise<void> {
  await replays.add('replay', { run }, { jobId: run });
}
