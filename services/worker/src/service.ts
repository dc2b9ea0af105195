import { Worker, type Processor, type Queue } from 'bullmq';
import {
  ConfigError,
  DurabilityWatch,
  Held,
  Ledger,
  Pulse,
  ReviewList,
  QUEUES,
  closeQueues,
  connectRedis,
  createRegistry,
  enqueueSync,
  openQueues,
  queuePrefix,
  registerQueueGauges,
  startAdminServer,
  syncQueueName,
  untilReady,
  type JobData,
  type Logger,
  type Queues,
  type Service,
} from '@optout-sync/shared';
import type { WorkerConfig } from './config/config';
import { createWorkerEvents } from './events';
import { forwardJob } from './forward/forward-job';
import type { GateTimes } from './customerio/gate';
import { openAxios } from './http/open-axios';
import { behindLive } from './jobs/behind-live';
import { Lately } from './jobs/lately';
import { Quarantine } from './jobs/quarantine';
import { redoAfterLoss } from './jobs/redo-after-loss';
import { runJob, type JobKind } from './jobs/run-job';
import { wakeDelayed } from './jobs/wake';
import { recordJob } from './record/record-job';
import { createReplayEvents } from './replay/replay-events';
import { replayJob } from './replay/replay-job';
import { resumeRuns } from './replay/resume-runs';
import { seldom } from './seldom';
import { syncJob } from './sync/sync-job';
import { openWorkspace, type OpenWorkspace } from './workspace/open-workspace';

export interface WorkerService extends Service {
  readonly adminPort: number;
}

/** For tests: what would take them too long otherwise. */
export interface Overrides {
  readonly gateTimes?: Partial<GateTimes>;
  readonly pulse?: Pulse;
}

/** The same connection's or queue's errors are logged once in as many ms. */
const ERROR_LOG_MS = 10_000;
const RECORD_CONCURRENCY = 50;
const FORWARD_CONCURRENCY = 50;
/** So many runs a worker carries on at once: a slow one must not hold up an urgent one. */
const REPLAY_CONCURRENCY = 5;
/** Several look-up batches in the making at once: a sync spends its time waiting for its turn with Customer.io. */
const SYNC_CONCURRENCY = 400;
/** Of replays and backfills one full batch: a live STOP waits behind no more. */
const SYNC_BACKGROUND = 100;
/** A killed worker's jobs are picked up again within the sum of the two. */
const LOCK_MS = 10_000;
const STALLED_CHECK_MS = 5_000;
/** BullMQ would fail a job for good after as many stalls; runJob gives it up long before. */
const STALLS_WITHOUT_END = 1_000_000;

/**
 * Starts the worker: waits for Redis, checks the access to Customer.io, then takes jobs; meanwhile `/readyz` says what it
 * waits for. Throws a ConfigError when Customer.io refuses the keys or the region; when it cannot be reached, says so and
 * starts, since jobs wait for it by themselves.
 */
export async function startWorker(
  config: WorkerConfig,
  log: Logger,
  overrides: Overrides = {},
): Promise<WorkerService> {
  const held = new Held();
  try {
    return await start(config, log, held, overrides);
  } catch (error) {
    await held.letGo();
    throw error;
  }
}

async function start(
  config: WorkerConfig,
  log: Logger,
  held: Held,
  { gateTimes, pulse = new Pulse() }: Overrides,
): Promise<WorkerService> {
  const registry = createRegistry('worker');
  const events = createWorkerEvents(registry, log);
  const connect = (role: 'worker' | 'store'): ReturnType<typeof connectRedis> => {
    const redis = connectRedis(
      config.redis,
      role,
      seldom(ERROR_LOG_MS, (unsaid, err) => {
        log.error({ err, code: 'redis_unavailable', role, unsaid }, 'redis connection failed');
      }),
    );
    held.add(() => {
      redis.disconnect();
    });
    return pulse.watch(role, redis);
  };
  held.add(() => {
    pulse.stop();
  });

  const workers: Worker[] = [];
  const workspaces: OpenWorkspace[] = [];
  const watched: Queue[] = [];
  const store = connect('store');
  let waitsFor: string | undefined = 'Redis';
  const letters: Queues['deadLetters'][] = [];
  registerQueueGauges(registry, watched, letters);
  const admin = await startAdminServer({
    port: config.adminPort,
    registry,
    healthz() {
      const reason = pulse.silence();
      return Promise.resolve(reason === undefined ? { ok: true } : { ok: false, reason });
    },
    async readyz() {
      if (waitsFor) return { ok: false, reason: `waits for ${waitsFor}` };
      // A real write: a Redis that is full or read-only answers a PING as if nothing was wrong.
      await store.set(`${queuePrefix(config.redis)}:worker-ready`, Date.now(), 'PX', 60_000);
      const idle = workers.find((worker) => !worker.isRunning() || worker.isPaused());
      if (idle) return { ok: false, reason: `takes no jobs from ${idle.name}` };
      const paused = workspaces.filter((workspace) => workspace.isPaused()).map(({ name }) => name);
      return paused.length > 0 ? { ok: true, reason: `paused: ${paused.join(', ')}` } : { ok: true };
    },
  });
  held.add(() => admin.close());

  const required = config.redis.requireDurable ?? false;
  const durability = new DurabilityWatch(store, { required, registry, log });
  await untilReady(store);
  await durability.permit();
  const { workspaceOf } = config;
  const queues = openQueues(store, queuePrefix(config.redis), workspaceOf);
  held.add(() => closeQueues(queues));
  letters.push(queues.deadLetters);
  const stopping = new AbortController();
  for (const workspace of config.workspaces) {
    const queue = queues.syncOf(workspace.name);
    const opened = openWorkspace(workspace, {
      redis: store,
      prefix: config.redis.prefix,
      observe: events.requested,
      events,
      stopping: stopping.signal,
      gateTimes,
      wake(atMost) {
        wakeDelayed(queue, atMost).catch((err: unknown) => {
          log.warn({ err, code: 'wake_failed', queue: queue.name }, 'jobs stay delayed');
        });
      },
    });
    held.add(() => {
      opened.close();
    });
    workspaces.push(opened);
  }
  waitsFor = 'the check of the access to Customer.io';
  await checkAccess(workspaces, log);

  watched.push(...queues.opened());

  const ledger = new Ledger(store, { prefix: config.redis.prefix });
  const reviews = new ReviewList(store, config.redis.prefix);
  const quarantine = new Quarantine(store, config.redis.prefix);
  const blocking = connect('worker');
  const process = <Data>(queue: string, concurrency: number, processor: Processor<Data, string>): void => {
    const worker = new Worker<Data, string>(queue, processor, {
      connection: blocking,
      prefix: queuePrefix(config.redis),
      concurrency,
      lockDuration: LOCK_MS,
      stalledInterval: STALLED_CHECK_MS,
      maxStalledCount: STALLS_WITHOUT_END,
    });
    worker.on(
      'error',
      seldom(ERROR_LOG_MS, (unsaid, err) => {
        log.error({ err, code: 'worker_error', queue, unsaid }, 'worker error');
      }),
    );
    workers.push(worker);
  };
  const { runs } = queues;
  const work = <Payload>(queue: string, concurrency: number, kind: JobKind<Payload>): void => {
    process<JobData<unknown>>(queue, concurrency, runJob(queue, kind, { events, quarantine, runs }));
  };
  const lately = new Lately();
  redoAfterLoss(store, lately, stopping.signal, (jobs) => {
    log.info({ jobs }, 'Redis was lost: the jobs of that time are done once more');
  });
  const record = recordJob({ ledger, reviews, queues, events, workspaceOf });
  work(
    QUEUES.inbound,
    RECORD_CONCURRENCY,
    // A new job: the old one may still be there, about to be told that it is done.
    lately.remembering(record, async (event) => {
      await queues.inbound.add(event.kind, { payload: event });
    }),
  );
  const targets = new Map(workspaces.map((workspace) => [workspace.name, workspace]));
  for (const { name } of workspaces) {
    const sync = behindLive(syncJob({ ledger, queues, events, targets }), SYNC_BACKGROUND);
    work(
      syncQueueName(name),
      SYNC_CONCURRENCY,
      lately.remembering(sync, (request) => enqueueSync(queues, request)),
    );
  }
  const http = openAxios();
  held.add(() => {
    http.close();
  });
  work(QUEUES.forwards, FORWARD_CONCURRENCY, forwardJob({ http, queues, events }));
  const replays = { runs, queues, events: createReplayEvents(registry, log), stopping: stopping.signal };
  process(QUEUES.replays, REPLAY_CONCURRENCY, replayJob(replays));
  await resumeRuns(queues);
  held.add(() => {
    stopping.abort();
    return Promise.all(workers.map((worker) => worker.close()));
  });
  waitsFor = undefined;
  log.info({ adminPort: admin.port, workspaces: workspaces.map(({ name }) => name) }, 'worker takes jobs');

  return { adminPort: admin.port, destroy: () => held.letGo() };
}

/**
 * A workspace whose keys or region are refused stops the start when it is the only one; beside others its opt-outs wait
 * until it is mended, and theirs do not.
 */
async function checkAccess(workspaces: readonly OpenWorkspace[], log: Logger): Promise<void> {
  const checks = await Promise.all(workspaces.map((workspace) => workspace.checkAccess()));
  const mistakes = checks.flatMap((check) => check.mistakes);
  if (checks.every((check) => check.mistakes.length > 0)) throw new ConfigError(mistakes);
  for (const mistake of mistakes) log.error({ code: 'workspace_refused' }, mistake);
  for (const { code, message } of checks.flatMap((check) => check.unchecked)) {
    log.warn({ code, message }, 'could not check the access to Customer.io; starting all the same');
  }
}
