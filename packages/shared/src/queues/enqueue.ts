import { randomUUID } from 'node:crypto';
import type { JobsOptions, Queue } from 'bullmq';
import type { InboundEvent } from '../domain/inbound-event';
import { forwardId, type ForwardRequest, type SyncRequest } from './jobs';
import { PRIORITY, laneOf, type Lane } from './lane';
import type { Queues, Shard } from './queues';

/** Which way a job goes, and which replay run asks for it. */
export interface EnqueueOptions {
  readonly lane?: Lane;
  readonly run?: string | undefined;
}

/**
 * What is told of a message again the same way is the same job; another source or meaning is for the ledger to weigh. A
 * replay is a job of its own, so that the message's own delivery is not held up behind it.
 */
export function inboundJobId({ messageSid, kind, source }: InboundEvent, run?: string): string {
  return ofRun([messageSid, kind, source].join('-'), run);
}

/** What a run puts back to work is a job of its own: the one that failed may not have ended yet. */
function ofRun(jobId: string, run: string | undefined): string {
  return run === undefined ? jobId : `${jobId}-${run}`;
}

/** Enqueues an event; while it waits, adding the same again lands once. */
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
 * Enqueues many events, those of a shard in one go. When it throws some may be there already: repeat all, the same message
 * lands once.
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
 * Asks for a phone to be brought up to date. At most one such job waits and one runs for a phone: one asked for while
 * it runs follows it, so nothing recorded meanwhile is missed. What is asked for by live traffic goes before what is not,
 * also when the one that waits was asked for by a replay.
 */
export async function enqueueSync(
  { shardOf }: Pick<Queues, 'shardOf'>,
  request: SyncRequest,
  { lane = 'live', run }: EnqueueOptions = {},
): Promise<void> {
  const queue = shardOf(request.phone).syncOf(request.workspace);
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
  { lane = 'live', run }: EnqueueOptions = {},
): Promise<void> {
  const opts = { jobId: ofRun(forwardId(request), run), priority: PRIORITY[lane] };
  await forwards.add('forward', { payload: request, run }, opts);
}

/** Has a worker carry a run on; while one does, asking again changes nothing. */
export async function enqueueReplay({ replays }: Pick<Queues, 'replays'>, run: string): Promise<void> {
  await replays.add('replay', { run }, { jobId: run });
}
