import type { Queue } from 'bullmq';
import type { Cluster, Redis } from 'ioredis';
import type { JobStores } from '@optout-sync/shared/dead-letters';
import type { HttpClient } from '@optout-sync/http-client';
import type { WorkspaceOf } from '@optout-sync/shared/config';
import { Ledger } from '@optout-sync/shared/ledger';
import { enqueueSync, type JobData } from '@optout-sync/shared/queues';
import { ReviewList } from '@optout-sync/shared/review';
import type { Logger } from '@optout-sync/shared/service';
import { forwardJob } from './forward/forward-job';
import { recordJob } from './jobs/record-job';
import { syncJob, type SyncTarget } from './jobs/sync-job';
import { replayJob, resumeRuns } from './replay/replay-job';
import { limitBackgroundConcurrency } from './runner/limit-background';
import { processJob, type JobKind } from './runner/process-job';
import { Quarantine } from './runner/quarantine';
import { RecentJobs } from './runner/recent-jobs';
import { rerunAfterFailover } from './runner/rerun-after-failover';
import { watchShards } from './runner/watch-shards';
import type { WorkerPool } from './runner/worker-pool';
import type { ReplayEvents, WorkerTelemetry } from './telemetry';

const RECORD_CONCURRENCY = 50;
const FORWARD_CONCURRENCY = 50;
/** So many runs a worker carries on at once: a slow one must not hold up an urgent one. */
const REPLAY_CONCURRENCY = 5;
/** Several look-up batches in the making at once: a sync spends its time waiting for its turn with Customer.io. */
const SYNC_CONCURRENCY = 400;
/** Of replays and backfills one full batch: a live STOP waits behind no more. */
const SYNC_BACKGROUND = 100;

/**
 * Takes jobs of every kind until `stopping`, from all shards; the shards share a kind's concurrency. `watch` hears of each
 * queue, before its first job.
 */
export async function startConsumers(deps: {
  readonly redis: Redis | Cluster;
  readonly prefix: string;
  readonly queues: JobStores;
  readonly takers: WorkerPool;
  readonly targets: ReadonlyMap<string, SyncTarget>;
  readonly workspaceOf: WorkspaceOf;
  readonly http: HttpClient;
  readonly events: WorkerTelemetry;
  readonly replayEvents: ReplayEvents;
  readonly log: Logger;
  readonly stopping: AbortSignal;
  readonly watch: (queue: Queue) => void;
}): Promise<void> {
  const { redis, prefix, queues, takers, targets, events, replayEvents, log, stopping, watch } = deps;
  const { runs } = queues;
  const ledger = new Ledger(redis, { prefix });
  const reviews = new ReviewList(redis, prefix);
  const quarantine = new Quarantine(redis, prefix);
  const work = <Payload>(queue: Queue, concurrency: number, kind: JobKind<Payload>): void => {
    watch(queue);
    takers.take<JobData<unknown>>(
      queue,
      concurrency,
      processJob(queue.name, kind, { events, quarantine, runs }),
    );
  };

  const lately = new RecentJobs();
  rerunAfterFailover(redis, lately, stopping, (jobs) => {
    log.info({ jobs }, 'Redis was lost: the jobs of that time are done once more');
  });
  const record = lately.remembering(
    recordJob({ ledger, reviews, queues, events, workspaceOf: deps.workspaceOf }),
    // A new job: the old one may still be there, about to be told that it is done.
    async (event) => {
      await queues.shardOf(event.phone).inbound.add(event.kind, { payload: event });
    },
  );
  // One for each workspace, whatever its shards: they share its room behind live traffic.
  const syncs = [...targets.keys()].map((workspace) => {
    const sync = limitBackgroundConcurrency(syncJob({ ledger, queues, events, targets }), SYNC_BACKGROUND);
    return { workspace, kind: lately.remembering(sync, (request) => enqueueSync(queues, request)) };
  });
  const share = (concurrency: number): number => Math.ceil(concurrency / queues.shards.length);
  await watchShards(queues, stopping, ({ inbound, syncOf }) => {
    work(inbound, share(RECORD_CONCURRENCY), record);
    for (const { workspace, kind } of syncs) work(syncOf(workspace), share(SYNC_CONCURRENCY), kind);
  });

  work(queues.forwards, FORWARD_CONCURRENCY, forwardJob({ http: deps.http, queues, events }));
  watch(queues.replays);
  takers.take(
    queues.replays,
    REPLAY_CONCURRENCY,
    replayJob({ runs, queues, events: replayEvents, stopping }),
  );
  await resumeRuns(queues);
}
