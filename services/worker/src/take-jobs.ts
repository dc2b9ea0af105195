import type { Queue } from 'bullmq';
import type { Cluster, Redis } from 'ioredis';
import {
  Ledger,
  ReviewList,
  enqueueSync,
  type JobData,
  type Logger,
  type Queues,
  type WorkspaceOf,
} from '@optout-sync/shared';
import type { WorkerEvents } from './events';
import { forwardJob } from './forward/forward-job';
import type { OpenAxios } from './http/open-axios';
import { behindLive } from './jobs/behind-live';
import { eachShard } from './jobs/each-shard';
import { Lately } from './jobs/lately';
import { Quarantine } from './jobs/quarantine';
import { redoAfterLoss } from './jobs/redo-after-loss';
import { runJob, type JobKind } from './jobs/run-job';
import type { Takers } from './jobs/takers';
import { recordJob } from './record/record-job';
import type { ReplayEvents } from './replay/replay-events';
import { replayJob } from './replay/replay-job';
import { resumeRuns } from './replay/resume-runs';
import { syncJob, type SyncTarget } from './sync/sync-job';

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
export async function takeJobs(deps: {
  readonly redis: Redis | Cluster;
  readonly prefix: string;
  readonly queues: Queues;
  readonly takers: Takers;
  readonly targets: ReadonlyMap<string, SyncTarget>;
  readonly workspaceOf: WorkspaceOf;
  readonly http: OpenAxios;
  readonly events: WorkerEvents;
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
    takers.take<JobData<unknown>>(queue, concurrency, runJob(queue.name, kind, { events, quarantine, runs }));
  };

  const lately = new Lately();
  redoAfterLoss(redis, lately, stopping, (jobs) => {
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
    const sync = behindLive(syncJob({ ledger, queues, events, targets }), SYNC_BACKGROUND);
    return { workspace, kind: lately.remembering(sync, (request) => enqueueSync(queues, request)) };
  });
  const share = (concurrency: number): number => Math.ceil(concurrency / queues.shards.length);
  await eachShard(queues, stopping, ({ inbound, syncOf }) => {
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
