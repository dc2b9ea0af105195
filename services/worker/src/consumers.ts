import type { Queue } from 'bullmq';
import type { InboundEvent } from '@optout-sync/shared/domain';
import { enqueueSync, type JobData } from '@optout-sync/shared/queues';
import type { WorkerContext } from './context';
import { forwardJob } from './forward/forward-job';
import { recordJob } from './jobs/record-job';
import { syncJob } from './jobs/sync-job';
import { peopleJob } from './people/people-job';
import { replayJob, resumeRuns } from './replay/replay-job';
import type { JobKind } from './runner/job-kind';
import { limitBackgroundConcurrency } from './runner/limit-background';
import { processJob } from './runner/process-job';
import { rerunAfterFailover } from './runner/rerun-after-failover';
import { watchShards } from './runner/watch-shards';

const RECORD_CONCURRENCY = 50;
/** Several look-up batches at once: a sync spends most of its time waiting for its Customer.io request. */
const SYNC_CONCURRENCY = 400;
/** One full look-up batch of replays and backfills: a live STOP waits behind no more. */
const BACKGROUND_SYNC_CONCURRENCY = 100;
const FORWARD_CONCURRENCY = 50;
/** Jobs of up to 100 people each: an import must leave Redis and this process to live traffic. */
const PEOPLE_CONCURRENCY = 4;
/** Replay runs at once: a slow one must not delay an urgent one. */
const REPLAY_CONCURRENCY = 5;

/**
 * Starts the consumers of all queues, until `context.stopping`. Jobs at once in this process:
 *
 *   queue                        job kind     concurrency
 *   inbound-events               recordJob     50, divided among the shards
 *   customerio-sync:<workspace>  syncJob      400, divided among the shards; in each other lane 100 over all of them
 *   forwards                     forwardJob    50
 *   people-changes               peopleJob      4
 *   replays                      replayJob      5
 */
export async function startConsumers(context: WorkerContext): Promise<void> {
  const { queues, pool, recentJobs, workspaces, stopping } = context;
  const consume = <Payload>(queue: Queue, concurrency: number, kind: JobKind<Payload>): void => {
    pool.consume<JobData<unknown>>(queue, concurrency, processJob(queue.name, kind, context));
  };
  const perShard = (concurrency: number): number => Math.ceil(concurrency / queues.shards.length);

  rerunAfterFailover(context.redis, recentJobs, stopping, context.telemetry);
  const record = recentJobs.track(recordJob(context), (event) => rerunRecord(context, event));
  const syncs = [...workspaces.keys()].map((workspace) => {
    // One limit for a workspace, however many shards it has.
    const sync = syncJob({ ...context, lagMs: context.reconcileTimes.lagMs });
    const kind = limitBackgroundConcurrency(sync, BACKGROUND_SYNC_CONCURRENCY);
    return { workspace, kind: recentJobs.track(kind, (request) => enqueueSync(queues, request)) };
  });
  await watchShards(queues, stopping, ({ inbound, syncOf }) => {
    consume(inbound, perShard(RECORD_CONCURRENCY), record);
    for (const { workspace, kind } of syncs) consume(syncOf(workspace), perShard(SYNC_CONCURRENCY), kind);
  });

  consume(queues.forwards, FORWARD_CONCURRENCY, forwardJob(context));
  consume(queues.people, PEOPLE_CONCURRENCY, peopleJob(context));
  pool.consume(queues.replays, REPLAY_CONCURRENCY, replayJob(context));
  await resumeRuns(queues);
}

/** Enqueues a separate job: the one that ran may still exist and be about to end. */
async function rerunRecord({ queues }: WorkerContext, event: InboundEvent): Promise<void> {
  await queues.shardOf(event.phone).inbound.add(event.kind, { payload: event });
}
