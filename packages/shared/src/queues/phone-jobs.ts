import { randomUUID } from 'node:crypto';
import type { Queue } from 'bullmq';
import type { Cluster, Redis } from 'ioredis';
import type { Subject } from '../domain/subject';
import { loadScript } from '../redis/load-script';
import type { SyncRequest } from './jobs';
import { PRIORITY, laneOfJob, type Lane } from './lane';
import type { JobData } from './job-data';

/** A queue whose jobs bring a phone up to date. */
type PhoneQueue = Queue<JobData<SyncRequest>>;

const ADD_PHONE_JOBS = 'optoutAddPhoneJobs';
const ADD = loadScript(`${__dirname}/scripts`, 'add-phone-jobs.lua');
/** The structures of a BullMQ queue that the script takes, in its order. */
const STRUCTURES = ['wait', 'prioritized', 'delayed', 'active', 'meta', 'marker', 'pc'] as const;

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
 * Enqueues jobs of different phones by one script. Guarantee: at most one job of a phone waits in a queue and one runs. A
 * request during a running job causes one more job after it, so nothing recorded meanwhile is missed. A request takes precedence
 * over a job of a later lane that waits, or waits for its next attempt: it raises the job to its own lane and ends its delay. A
 * live request does so with any job, and restarts its attempts.
 *
 * BullMQ's own `addBulk` costs a script and 11 commands for each job, most of them for events that nobody reads, and what a
 * request does to the job that a phone has already would take more round trips. `phone-jobs.test.ts` compares the stored jobs
 * with BullMQ's own.
 */
export async function enqueuePhoneJobs(
  queue: PhoneQueue,
  name: string,
  requests: readonly SyncRequest[],
  { lane, run, replayOf }: PhoneJobOptions,
): Promise<void> {
  if (requests.length === 0) return;
  const { keys } = queue;
  const redis = await queue.getBackend().client;
  await redis.runCommand(ADD_PHONE_JOBS, [
    ...STRUCTURES.map((structure) => keys[structure]),
    queue.toKey(''),
    name,
    JSON.stringify({ ...queue.defaultJobOptions, priority: PRIORITY[lane] }).slice(1),
    PRIORITY[lane],
    Date.now(),
    run === undefined ? '' : `,${JSON.stringify({ run, replayOf }).slice(1, -1)}`,
    ...requests.flatMap((request) => [randomUUID(), phoneId(request), JSON.stringify(request)]),
  ]);
}

/** Defines the script that {@link enqueuePhoneJobs} runs, for all queues of a connection. */
export function definePhoneJobs(connection: Redis | Cluster): void {
  connection.defineCommand(ADD_PHONE_JOBS, { numberOfKeys: STRUCTURES.length, lua: ADD });
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
