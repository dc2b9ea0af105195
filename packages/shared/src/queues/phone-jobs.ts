import { randomUUID } from 'node:crypto';
import type { Job, Queue } from 'bullmq';
import type { Subject } from '../domain/subject';
import type { SyncRequest } from './jobs';
import { PRIORITY, laneOfJob, type Lane } from './lane';
import type { JobData } from './job-data';

/** A queue whose jobs bring a phone up to date. */
type PhoneQueue = Queue<JobData<SyncRequest>>;

/** How a request is enqueued. */
interface PhoneJobOptions {
  readonly lane: Lane;
  readonly run: string | undefined;
  readonly replayOf: string | undefined;
}

/** Enqueues a job of a phone; see {@link enqueuePhoneJobs}. */
export async function enqueuePhoneJob(
  queue: PhoneQueue,
  name: string,
  request: SyncRequest,
  options: PhoneJobOptions,
): Promise<void> {
  await enqueuePhoneJobs(queue, name, [request], options);
}

/**
 * Enqueues jobs of different phones in one round trip. Guarantee: at most one job of a phone waits in a queue and one runs. A
 * request during a running job causes one more job after it, so nothing recorded meanwhile is missed. A request takes precedence
 * over a job of a later lane that waits, or waits for its next attempt: it raises the job to its own lane and ends its delay. A
 * live request does so with any job, and restarts its attempts.
 */
export async function enqueuePhoneJobs(
  queue: PhoneQueue,
  name: string,
  requests: readonly SyncRequest[],
  { lane, run, replayOf }: PhoneJobOptions,
): Promise<void> {
  const due = lane === 'live' ? requests : await withoutNext(queue, requests, lane);
  if (due.length === 0) return;
  const jobs = due.map((request) => ({
    name,
    data: { payload: request, run, replayOf },
    opts: {
      jobId: randomUUID(),
      priority: PRIORITY[lane],
      deduplication: { id: phoneId(request), keepLastIfActive: true },
    },
  }));
  const added = await queue.addBulk(jobs);
  if (lane === 'background') return;
  const present = added.filter(({ id }, index) => id !== jobs[index]?.opts.jobId);
  await Promise.all(present.map(({ id }) => expedite(queue, id, lane)));
}

/**
 * The requests without those of phones that have a next job behind the running one, in this lane or an earlier one. Another
 * request would replace it, together with its lane.
 */
async function withoutNext(
  queue: PhoneQueue,
  requests: readonly SyncRequest[],
  lane: Lane,
): Promise<SyncRequest[]> {
  const lanes = await Promise.all(requests.map((request) => nextLane(queue, phoneId(request))));
  return requests.filter((_, index) => {
    const next = lanes[index];
    return next === undefined || PRIORITY[next] > PRIORITY[lane];
  });
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
