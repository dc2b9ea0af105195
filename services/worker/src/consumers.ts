import type { Queue } from 'bullmq';
import type { DestinationName } from '@optout-sync/shared/domain';
import { enqueueRepetition, type JobData, type Queues } from '@optout-sync/shared/queues';
import type { WorkerContext } from './context';
import { namesOf } from './destinations/destination-requests';
import { forwardJob } from './forward/forward-job';
import { destinationJob } from './jobs/destination-job';
import { recordJob } from './jobs/record-job';
import type { ParsedBatch } from './jobs/inbound-batch';
import { syncJob } from './jobs/sync-job';
import { batchJob } from './jobs/batch-job';
import { peopleJob } from './people/people-job';
import { replayJob } from './replay/replay-job';
import type { JobKind } from './runner/job-kind';
import { limitBackgroundConcurrency } from './runner/limit-background';
import { processJob } from './runner/process-job';
import type { RecentJob } from './runner/recent-jobs';
import { rerunAfterFailover } from './runner/rerun-after-failover';
import { countingOptOuts } from './sent-check/count-opt-outs';

const RECORD_CONCURRENCY = 50;
/** Each holds up to 50 events: more of them would keep the event loop, and Redis, from the steps of a live STOP. */
const BACKGROUND_RECORD_CONCURRENCY = 4;
/** Several look-up batches at once: a sync spends most of its time waiting for its Customer.io request. */
const SYNC_CONCURRENCY = 800;
/** One full look-up batch of replays and backfills: a live STOP waits behind no more. */
const BACKGROUND_SYNC_CONCURRENCY = 100;
/** Of each optional destination of a workspace. Its jobs mostly wait for their request. */
const DESTINATION_CONCURRENCY = 50;
/** Of those in the background: a live one waits behind no more, in a queue that is first come, first served. */
const BACKGROUND_DESTINATION_CONCURRENCY = 10;
const FORWARD_CONCURRENCY = 50;
/** Jobs of up to 100 people each: an import must leave Redis and this process to live traffic. */
const PEOPLE_CONCURRENCY = 4;
/** Large batches of Event Streams: their events take turns with those of live webhooks. */
const BATCH_CONCURRENCY = 1;
/** Replay runs at once: a slow one must not delay an urgent one. */
const REPLAY_CONCURRENCY = 5;

/**
 * Starts the consumers of all queues, until `context.stopping`. Jobs at once in this process:
 *
 *   queue                       job kind        concurrency
 *   inbound-events              recordJob        50, of them at most 4 in each other lane than the live one
 *   customerio-sync             syncJob         800, of them at most 100 in each other lane than the live one
 *   one of a destination        destinationJob   50, of them at most 10 in each other lane than the live one
 *   forwards                    forwardJob       50
 *   people-changes              peopleJob         4
 *   event-batches               batchJob          1
 *   replays                     replayJob         5
 *
 * There is one queue of syncs for each workspace, and one for each optional destination that it has.
 */
export function startConsumers(context: WorkerContext): void {
  const { queues, pool, recentJobs, workspaces, stopping } = context;
  const consume = <Payload>(queue: Queue, concurrency: number, kind: JobKind<Payload>): void => {
    pool.consume<JobData<unknown>>(queue, concurrency, processJob(queue.name, kind, context));
  };

  rerunAfterFailover(context.redis, recentJobs, stopping, context.telemetry);
  const record = recentJobs.track(
    recordJob({ ...context, telemetry: countingOptOuts(context.telemetry, context.senderCounts) }),
    (job) => repeatRecord(queues, job),
    (batch) => batch.length,
  );
  const recordInTurn = limitBackgroundConcurrency(record, BACKGROUND_RECORD_CONCURRENCY);
  consume(queues.inbound, RECORD_CONCURRENCY, recordInTurn);
  for (const [workspace, { optional }] of workspaces) {
    const sync = syncJob({ ...context, lagMs: context.reconcileTimes.lagMs });
    const kind = limitBackgroundConcurrency(sync, BACKGROUND_SYNC_CONCURRENCY);
    consume(queues.syncOf(workspace), SYNC_CONCURRENCY, kind);
    for (const name of namesOf(optional)) {
      const write = destinationJob(context, name);
      const kind = limitBackgroundConcurrency(write, BACKGROUND_DESTINATION_CONCURRENCY);
      consume(queues.destinationOf(name, workspace), DESTINATION_CONCURRENCY, kind);
    }
  }
  consume(queues.forwards, FORWARD_CONCURRENCY, forwardJob(context));
  consume(queues.people, PEOPLE_CONCURRENCY, peopleJob(context));
  consume(queues.batches, BATCH_CONCURRENCY, batchJob(context));
  const hasDestination = (workspace: string, name: DestinationName): boolean =>
    workspaces.get(workspace)?.optional[name] !== undefined;
  pool.consume(queues.replays, REPLAY_CONCURRENCY, replayJob({ ...context, hasDestination }));
}

/** Enqueues a separate job: the one that ran may still exist and be about to end. */
async function repeatRecord(
  queues: Pick<Queues, 'inbound'>,
  { payload, lane, repetitionId }: RecentJob<ParsedBatch>,
): Promise<void> {
  const events = payload.flatMap(({ event }) => event ?? []);
  if (events.length > 0) await enqueueRepetition(queues, events, { lane, jobId: repetitionId });
}
