import { randomUUID } from 'node:crypto';
import type { Job, Queue } from 'bullmq';
import type { Subject } from '../domain/subject';
import type { SyncRequest } from './jobs';
import { PRIORITY, laneOfJob, type Lane } from './lane';
import type { JobData } from './queues';

/** A queue whose jobs bring a phone up to date. */
type PhoneQueue = Queue<JobData<SyncRequest>>;

/**
 * Enqueues a job of a phone. Guarantee: at most one job of a phone waits in a queue and one runs. A request during a running
 * job causes one more job after it, so nothing recorded meanwhile is missed. A request takes precedence over a job of a later
 * lane that waits, or waits for its next attempt: it raises the job to its own lane and ends its delay. A live request does
 * so with any job, and restarts its attempts.
 */
export async function enqueuePhoneJob(
  queue: PhoneQueue,
  name: string,
  request: SyncRequest,
  {
    lane,
    run,
    replayOf,
  }: {
    readonly lane: Lane;
    readonly run: string | undefined;
    readonly replayOf: string | undefined;
  },
): Promise<void> {
  const id = phoneId(request);
  if (lane !== 'live') {
    // A next job is already requested behind the running one. Another request would replace it, together with its lane.
    const next = await nextLane(queue, id);
    if (next !== undefined && PRIORITY[next] <= PRIORITY[lane]) return;
  }
  const jobId = randomUUID();
  const added = await queue.add(
    name,
    { payload: request, run, replayOf },
    { jobId, priority: PRIORITY[lane], deduplication: { id, keepLastIfActive: true } },
  );
  if (lane !== 'background' && added.id !== jobId) await expedite(queue, added.id, lane);
}

/**
 * Whether a live request of the same phone waits behind the running job. BullMQ enqueues it when the running job completes,
 * and not when it is delayed.
 */
export async function hasLivePhoneJobNext(queue: PhoneQueue, request: SyncRequest): Promise<boolean> {
  return (await nextLane(queue, phoneId(request))) === 'live';
}

/** Whether a phone has a job in a queue, in whatever state. */
export async function isPhoneQueued(queue: PhoneQueue, subject: Subject): Promise<boolean> {
  return (await queue.getDeduplicationJobId(phoneId(subject))) !== null;
}

/** The deduplication id of the jobs of a phone. */
export function phoneId({ channel, phone }: Pick<Subject, 'channel' | 'phone'>): string {
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
 * failed attempts; for any other it leaves a job of the same lane or an earlier one as it is. Safe when the job becomes active
 * or ends meanwhile: an active job stores its data from memory when it fails, and the request behind it is stored already if it
 * was active when that was made.
 */
async function expedite(queue: PhoneQueue, jobId: string | undefined, lane: Lane): Promise<void> {
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
  const { payload, run, replayOf, failures, transientSince } = job.data;
  if (failures === undefined && transientSince === undefined) return;
  await job.updateData({ payload, run, replayOf });
}
