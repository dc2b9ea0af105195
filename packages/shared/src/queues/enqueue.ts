import { randomUUID } from 'node:crypto';
import type { Job, JobsOptions, Queue } from 'bullmq';
import type { InboundEvent } from '../domain/inbound-event';
import type { Subject } from '../domain/subject';
import { forwardId, type ForwardRequest, type SyncRequest } from './jobs';
import { PRIORITY, laneOf, laneOfJob, type Lane } from './lane';
import type { JobData, Queues, Shard } from './queues';

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
 * causes one more sync after it, so nothing recorded meanwhile is missed. A request takes precedence over a sync of a later
 * lane that waits, or waits for its next attempt: it raises the sync to its own lane and ends its delay. A live request does
 * so with any sync, and restarts its attempts.
 */
export async function enqueueSync(
  { shardOf }: Pick<Queues, 'shardOf'>,
  request: SyncRequest,
  { lane = 'live', run }: EnqueueOptions = {},
): Promise<void> {
  const queue = shardOf(request.phone).syncOf(request.workspace);
  const id = syncId(request);
  if (lane !== 'live') {
    // A next sync is already requested behind the running one. Another request would replace it, together with its lane.
    const next = await nextLane(queue, id);
    if (next !== undefined && PRIORITY[next] <= PRIORITY[lane]) return;
  }
  const jobId = randomUUID();
  const added = await queue.add(
    'sync',
    { payload: request, run },
    { jobId, priority: PRIORITY[lane], deduplication: { id, keepLastIfActive: true } },
  );
  if (lane !== 'background' && added.id !== jobId) await expedite(queue, added.id, lane);
}

/**
 * Whether a live request of the same phone waits behind the running sync. BullMQ enqueues it when the running job completes,
 * and not when it is delayed.
 */
export async function hasLiveSyncNext(
  { shardOf }: Pick<Queues, 'shardOf'>,
  request: SyncRequest,
): Promise<boolean> {
  const queue = shardOf(request.phone).syncOf(request.workspace);
  return (await nextLane(queue, syncId(request))) === 'live';
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

/**
 * The lane of the next job that is requested behind the running one; `undefined` for none. BullMQ stores that job in
 * `dn:<id>` (`keepLastIfActive`).
 */
async function nextLane(queue: Queue, id: string): Promise<Lane | undefined> {
  const redis = await queue.getBackend().client;
  const options = await redis.hget(queue.toKey(`dn:${id}`), 'opts');
  if (options === null) return undefined;
  const { priority = PRIORITY.live } = JSON.parse(options) as { priority?: number };
  return laneOfJob({ priority });
}

/**
 * Raises a job that waits, or waits for its next attempt, to a lane and ends its delay. For the live lane it also forgets the
 * failed attempts; for any other it leaves a job of the same lane or an earlier one as it is. Safe when the job becomes active or ends meanwhile: an active job stores its data from memory when it fails, and the request
 * behind it is stored already if it was active when that was made.
 */
async function expedite(
  queue: Queue<JobData<SyncRequest>>,
  jobId: string | undefined,
  lane: Lane,
): Promise<void> {
  const job = jobId === undefined ? undefined : await queue.getJob(jobId);
  if (!job || (lane !== 'live' && job.priority <= PRIORITY[lane])) return;
  try {
    if (job.priority > PRIORITY[lane]) await job.changePriority({ priority: PRIORITY[lane] });
    // Before the promotion: an attempt that starts by it must not read the failures.
    if (lane === 'live') await forgetFailures(job);
    if (await job.isDelayed()) await job.promote();
  } catch (error) {
    if (await isBehind(await queue.getJob(job.id ?? ''), lane)) throw error;
  }
}

/** Whether a job waits in a later lane than this one, or for its next attempt. */
async function isBehind(job: Job | undefined, lane: Lane): Promise<boolean> {
  return job !== undefined && (job.priority > PRIORITY[lane] || job.isDelayed());
}

async function forgetFailures(job: Job<JobData<SyncRequest>>): Promise<void> {
  const { payload, run, failures, transientSince } = job.data;
  if (failures !== undefined || transientSince !== undefined) await job.updateData({ payload, run });
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
