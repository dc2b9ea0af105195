import type { JobsOptions } from 'bullmq';
import type { DestinationName } from '../domain/destination-name';
import type { InboundEvent } from '../domain/inbound-event';
import type { Subject } from '../domain/subject';
import { forwardId, type ForwardRequest, type SyncRequest } from './jobs';
import { PRIORITY, laneOf, type Lane } from './lane';
import { enqueuePhoneJob, hasLivePhoneJobNext, isPhoneQueued } from './phone-jobs';
import type { Queues } from './queues';

/** The lane of a job, the replay run that requeues it, and the id of the dead letter that it was. */
export interface EnqueueOptions {
  readonly lane?: Lane;
  readonly run?: string | undefined;
  readonly replayOf?: string | undefined;
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
  { inbound }: Pick<Queues, 'inbound'>,
  event: InboundEvent,
  { lane = laneOf(event), run, replayOf }: EnqueueOptions = {},
): Promise<void> {
  await inbound.add(event.kind, { payload: event, run, replayOf }, inboundOptions(event, lane, run));
}

/**
 * Enqueues many events, with one command. When it throws, some events may have been enqueued; repeating all of them is safe,
 * because an event whose job waits is not added again.
 */
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

/** Enqueues an event again under an id of the caller. Repeating it while that job waits adds nothing. */
export async function enqueueRepetition(
  { inbound }: Pick<Queues, 'inbound'>,
  event: InboundEvent,
  { lane, jobId }: { readonly lane: Lane; readonly jobId: string },
): Promise<void> {
  const opts = { jobId, priority: PRIORITY[lane] };
  await inbound.add(event.kind, { payload: event }, opts);
}

function inboundOptions(event: InboundEvent, lane: Lane, run?: string): JobsOptions {
  return { jobId: inboundJobId(event, run), priority: PRIORITY[lane] };
}

/** Enqueues a sync of a phone; see `enqueuePhoneJob`. */
export async function enqueueSync(
  { syncOf }: Pick<Queues, 'syncOf'>,
  request: SyncRequest,
  { lane = 'live', run, replayOf }: EnqueueOptions = {},
): Promise<void> {
  await enqueuePhoneJob(syncOf(request.workspace), 'sync', request, { lane, run, replayOf });
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
