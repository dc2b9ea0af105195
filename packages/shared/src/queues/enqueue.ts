import type { DestinationName } from '../domain/destination-name';
import type { Subject } from '../domain/subject';
import { groupBy } from '../domain/group-by';
import { forwardId, type ForwardRequest, type SyncRequest } from './jobs';
import { PRIORITY, type Lane } from './lane';
import { enqueuePhoneJob, enqueuePhoneJobs, hasLivePhoneJobNext, isPhoneQueued } from './phone-jobs';
import type { Queues } from './queues';

/** The lane of a job, the replay run that requeues it, and the id of the dead letter that it was. */
export interface EnqueueOptions {
  readonly lane?: Lane;
  readonly run?: string | undefined;
  readonly replayOf?: string | undefined;
}

/** A requeued payload gets its own job: the job that failed may not have ended yet. */
function ofRun(jobId: string, run: string | undefined): string {
  return run === undefined ? jobId : `${jobId}-${run}`;
}

/** Enqueues a sync of a phone; see `enqueuePhoneJob`. */
export async function enqueueSync(
  { syncOf }: Pick<Queues, 'syncOf'>,
  request: SyncRequest,
  { lane = 'live', run, replayOf }: EnqueueOptions = {},
): Promise<void> {
  await enqueuePhoneJob(syncOf(request.workspace), 'sync', request, { lane, run, replayOf });
}

/** Enqueues syncs of different phones in one round trip for each workspace; see `enqueuePhoneJobs`. */
export async function enqueueSyncs(
  { syncOf }: Pick<Queues, 'syncOf'>,
  requests: readonly SyncRequest[],
  lane: Lane,
): Promise<void> {
  const byWorkspace = groupBy(requests, ({ workspace }) => workspace);
  await Promise.all(
    [...byWorkspace].map(([workspace, some]) =>
      enqueuePhoneJobs(syncOf(workspace), 'sync', some, { lane, run: undefined, replayOf: undefined }),
    ),
  );
}

/** Whether a live sync of the same phone is requested behind the running one. */
export function hasLiveSyncNext({ syncOf }: Pick<Queues, 'syncOf'>, request: SyncRequest): Promise<boolean> {
  return hasLivePhoneJobNext(syncOf(request.workspace), request);
}

/** Whether a phone has a sync job, in whatever state. */
export function isSyncQueued({ syncOf }: Pick<Queues, 'syncOf'>, subject: Subject): Promise<boolean> {
  return isPhoneQueued(syncOf(subject.workspace), subject);
}

/** Enqueues the write of a phone to an optional destination; see `enqueuePhoneJob`. */
export async function enqueueDestination(
  { destinationOf }: Pick<Queues, 'destinationOf'>,
  destination: DestinationName,
  request: SyncRequest,
  { lane = 'live', run, replayOf }: EnqueueOptions = {},
): Promise<void> {
  const queue = destinationOf(destination, request.workspace);
  await enqueuePhoneJob(queue, destination, request, { lane, run, replayOf });
}

/** Whether a live write of the same phone to a destination is requested behind the running one. */
export function hasLiveDestinationNext(
  { destinationOf }: Pick<Queues, 'destinationOf'>,
  destination: DestinationName,
  request: SyncRequest,
): Promise<boolean> {
  return hasLivePhoneJobNext(destinationOf(destination, request.workspace), request);
}

/** Whether a phone has a job of a destination, in whatever state. */
export function isDestinationQueued(
  { destinationOf }: Pick<Queues, 'destinationOf'>,
  destination: DestinationName,
  subject: Subject,
): Promise<boolean> {
  return isPhoneQueued(destinationOf(destination, subject.workspace), subject);
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
  { lane = 'live', run, replayOf }: EnqueueOptions = {},
): Promise<void> {
  const opts = { jobId: ofRun(forwardId(request), run), priority: PRIORITY[lane] };
  await forwards.add('forward', { payload: request, run, replayOf }, opts);
}

/** Enqueues a replay run. Repeating it while a worker carries the run out adds nothing. */
export async function enqueueReplay({ replays }: Pick<Queues, 'replays'>, run: string): Promise<void> {
  await replays.add('replay', { run }, { jobId: run });
}
