import type { InboundEvent } from '../domain/inbound-event';
import { groupBy } from '../domain/group-by';
import { cutBatches, inboundJobId, type InboundBatch, type InboundItem } from './inbound-job';
import type { EnqueueOptions } from './enqueue';
import { PRIORITY, laneOf, type Lane } from './lane';
import type { JobData } from './job-data';
import type { Queues } from './queues';

type Inbound = Pick<Queues, 'inbound'>;

/** An event that a replay run requeues, and the id of the dead letter that it was. */
export interface ReplayedEvent {
  readonly event: InboundEvent;
  readonly replayOf: string;
}

/** Enqueues an event as a batch of one. Repeating it while the job waits adds nothing. */
export async function enqueueInbound(
  { inbound }: Inbound,
  event: InboundEvent,
  { lane = laneOf(event), run, replayOf }: EnqueueOptions = {},
): Promise<void> {
  await addJobs(inbound, [toJob([{ event, replayOf }], lane, run)]);
}

/** Events of one lane that share a job. */
export interface EventBatch {
  readonly lane: Lane;
  readonly events: readonly InboundEvent[];
}

/** Cuts events into batches of one lane each, in their order; a message that is among them twice once. */
export function toBatches(events: readonly InboundEvent[]): EventBatch[] {
  const [first, ...others] = events;
  if (!first) return [];
  if (others.length === 0) return [{ lane: laneOf(first), events }];
  return [...groupBy(withoutRepeats(events), laneOf)].flatMap(([lane, some]) =>
    cutBatches(some.map((event) => ({ event }))).map((batch) => ({
      lane,
      events: batch.map(({ event }) => event),
    })),
  );
}

/** Whether an event became part of a new job, or the same message waited already and the event ended with it. */
export const ENQUEUE_RESULTS = ['new', 'folded'] as const;
type EnqueueResult = (typeof ENQUEUE_RESULTS)[number];

/** An event that is enqueued. */
export interface EnqueuedEvent {
  readonly event: InboundEvent;
  readonly lane: Lane;
  readonly result: EnqueueResult;
}

/**
 * Enqueues batches in one round trip. When it throws, some may have been enqueued; repeating them is safe: a batch that waits
 * is not added again, and the ledger knows an event that was recorded.
 *
 * @returns of each batch whether it is new. For the metrics: a batch that another process adds at the same moment is taken for new
 */
export async function enqueueBatches(
  { inbound }: Inbound,
  batches: readonly EventBatch[],
): Promise<EnqueueResult[]> {
  const jobs = batches.map(({ lane, events }) =>
    toJob(
      events.map((event) => ({ event })),
      lane,
    ),
  );
  // BullMQ does not tell whether it added a job. The questions are sent before the jobs, in the same round trip.
  const redis = await inbound.getBackend().client;
  const waiting = jobs.map(({ opts }) => redis.hexists(inbound.toKey(opts.jobId), 'timestamp'));
  const [exist] = await Promise.all([Promise.all(waiting), addJobs(inbound, jobs)]);
  return exist.map((count) => (count > 0 ? 'folded' : 'new'));
}

/**
 * Enqueues many events in one round trip, as {@link toBatches} cuts them; see {@link enqueueBatches}.
 *
 * @returns all of them, in no order
 */
export async function enqueueInboundBatch(
  queues: Inbound,
  events: readonly InboundEvent[],
): Promise<EnqueuedEvent[]> {
  const batches = toBatches(events);
  return enqueuedEvents(events, batches, await enqueueBatches(queues, batches));
}

/** How each event was enqueued. One that is in no batch repeats another one. */
export function enqueuedEvents(
  events: readonly InboundEvent[],
  batches: readonly EventBatch[],
  results: readonly EnqueueResult[],
): EnqueuedEvent[] {
  const enqueued = batches.flatMap((batch, index) =>
    batch.events.map((event) => ({ event, lane: batch.lane, result: results[index] ?? 'new' })),
  );
  const inBatches = new Set(enqueued.map(({ event }) => event));
  const repeats = events.filter((event) => !inBatches.delete(event));
  return [
    ...enqueued,
    ...repeats.map((event) => ({ event, lane: laneOf(event), result: 'folded' as const })),
  ];
}

/** The events without those of the same message, kind and source as one before. */
function withoutRepeats(events: readonly InboundEvent[]): InboundEvent[] {
  const ids = new Set<string>();
  return events.filter(({ messageSid, kind, source }) => {
    const { size } = ids;
    return ids.add(`${messageSid} ${kind} ${source}`).size > size;
  });
}

/**
 * Enqueues the events that a replay run requeues, behind live traffic. Repeating it with the same events adds nothing while
 * their jobs wait.
 */
export async function enqueueReplayedEvents(
  { inbound }: Inbound,
  events: readonly ReplayedEvent[],
  run: string,
): Promise<void> {
  await addJobs(
    inbound,
    cutBatches(events).map((batch) => toJob(batch, 'background', run)),
  );
}

/** Enqueues the events of a job again under an id of the caller. Repeating it while that job waits adds nothing. */
export async function enqueueRepetition(
  { inbound }: Inbound,
  events: readonly InboundEvent[],
  { lane, jobId }: { readonly lane: Lane; readonly jobId: string },
): Promise<void> {
  await inbound.add('events', { payload: { version: 2, events } }, { jobId, priority: PRIORITY[lane] });
}

/** A job whose events get jobs of their own. */
export interface SplitJob {
  readonly id: string;
  readonly lane: Lane;
  readonly data: Omit<JobData<unknown>, 'payload'>;
}

/**
 * Enqueues events of a job as jobs of their own, with the attempts and the horizon of that job. Repeating it while they wait
 * adds nothing.
 *
 * @param items the events and their places in the job
 */
export async function enqueueSplit(
  { inbound }: Inbound,
  { id, lane, data }: SplitJob,
  items: readonly (InboundItem & { readonly index: number })[],
): Promise<void> {
  await inbound.addBulk(
    items.map(({ raw, replayOf, index }) => ({
      name: 'events',
      data: {
        ...data,
        payload: { version: 2, events: [raw] } as InboundBatch,
        replayOf,
        eventReplayOf: undefined,
      },
      opts: { jobId: `${id}-${String(index)}`, priority: PRIORITY[lane] },
    })),
  );
}

type Item = { readonly event: InboundEvent; readonly replayOf?: string | undefined };

async function addJobs(inbound: Queues['inbound'], jobs: readonly ReturnType<typeof toJob>[]): Promise<void> {
  const [first, ...others] = jobs;
  if (!first) return;
  if (others.length === 0) await inbound.add(first.name, first.data, first.opts);
  else await inbound.addBulk([...jobs]);
}

function toJob(items: readonly Item[], lane: Lane, run?: string) {
  const events = items.map(({ event }) => event);
  const [replayOf, ...others] = items.map((item) => item.replayOf ?? null);
  const replay =
    others.length === 0
      ? { replayOf: replayOf ?? undefined }
      : { eventReplayOf: [replayOf ?? null, ...others] };
  const payload = { version: 2, events } as const;
  const data: JobData<InboundBatch> = run === undefined ? { payload } : { payload, run, ...replay };
  return { name: 'events', data, opts: { jobId: inboundJobId(events, run), priority: PRIORITY[lane] } };
}
