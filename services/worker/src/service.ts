import { Worker, type Queue } from 'bullmq';
import {
  ConfigError,
  Held,
  Ledger,
  QUEUES,
  closeQueues,
  connectRedis,
  createRegistry,
  openQueues,
  queuePrefix,
  registerQueueGauges,
  startAdminServer,
  untilReady,
  type JobData,
  type Logger,
  type QueueName,
  type Service,
} from '@optout-sync/shared';
import type { WorkerConfig, WorkspaceConfig } from './config/config';
import { openCustomerIo, type ApiObserver, type CustomerIo } from './customerio/customerio';
import { createWorkerEvents } from './events';
import { runJob, type JobKind } from './jobs/run-job';
import { recordJob } from './record/record-job';
import { syncJob, type SyncTarget } from './sync/sync-job';

export interface WorkerService extends Service {
  readonly adminPort: number;
}

const RECORD_CONCURRENCY = 50;
/** Several look-up batches in the making at once: a sync spends its time waiting for its turn with Customer.io. */
const SYNC_CONCURRENCY = 400;
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
export async function startWorker(config: WorkerConfig, log: Logger): Promise<WorkerService> {
  const held = new Held();
  try {
    return await start(config, log, held);
  } catch (error) {
    await held.letGo();
    throw error;
  }
}

async function start(config: WorkerConfig, log: Logger, held: Held): Promise<WorkerService> {
  const registry = createRegistry('worker');
  const events = createWorkerEvents(registry, log);
  const connect = (role: 'worker' | 'store'): ReturnType<typeof connectRedis> => {
    const redis = connectRedis(config.redis, role, (err) => {
      log.error({ err, code: 'redis_unavailable', role }, 'redis connection failed');
    });
    held.add(() => {
      redis.disconnect();
    });
    return redis;
  };

  const workers: Worker[] = [];
  const watched: Queue[] = [];
  const store = connect('store');
  let waitsFor: string | undefined = 'Redis';
  registerQueueGauges(registry, watched);
  const admin = await startAdminServer({
    port: config.adminPort,
    registry,
    healthz: () => Promise.resolve({ ok: true }),
    async readyz() {
      if (waitsFor) return { ok: false, reason: `waits for ${waitsFor}` };
      await store.ping();
      const idle = workers.find((worker) => !worker.isRunning() || worker.isPaused());
      return idle ? { ok: false, reason: `takes no jobs from ${idle.name}` } : { ok: true };
    },
  });
  held.add(() => admin.close());

  await untilReady(store);
  const targets = openTargets(config, store, events.requested);
  held.add(() => {
    for (const { customerIo } of targets.values()) customerIo.close();
  });
  waitsFor = 'the check of the access to Customer.io';
  await checkAccess([...targets.values()], log);

  const queues = openQueues(store, queuePrefix(config.redis));
  held.add(() => closeQueues(queues));
  watched.push(queues.inbound, queues.sync, queues.deadLetters);

  const ledger = new Ledger(store, { prefix: config.redis.prefix });
  const blocking = connect('worker');
  const work = <Payload>(queue: QueueName, concurrency: number, kind: JobKind<Payload>): void => {
    const worker = new Worker<JobData<unknown>, string>(queue, runJob(kind), {
      connection: blocking,
      prefix: queuePrefix(config.redis),
      concurrency,
      lockDuration: LOCK_MS,
      stalledInterval: STALLED_CHECK_MS,
      maxStalledCount: STALLS_WITHOUT_END,
    });
    worker.on('error', (err) => {
      log.error({ err, code: 'worker_error', queue }, 'worker error');
    });
    workers.push(worker);
  };
  const workspaceOf = (): string => config.workspaces[0]?.name ?? '';
  work(QUEUES.inbound, RECORD_CONCURRENCY, recordJob({ ledger, queues, events, workspaceOf }));
  work(QUEUES.sync, SYNC_CONCURRENCY, syncJob({ ledger, queues, events, targets }));
  held.add(() => Promise.all(workers.map((worker) => worker.close())));
  waitsFor = undefined;
  log.info({ adminPort: admin.port, workspaces: [...targets.keys()] }, 'worker takes jobs');

  return { adminPort: admin.port, destroy: () => held.letGo() };
}

type Target = SyncTarget & { readonly customerIo: CustomerIo };

function openTargets(
  { workspaces, redis: { prefix } }: WorkerConfig,
  redis: ReturnType<typeof connectRedis>,
  observe: ApiObserver,
): Map<string, Target> {
  const open = (workspace: WorkspaceConfig): Target => ({
    customerIo: openCustomerIo(workspace, redis, prefix, observe),
    attributes: workspace.attributes,
    policy: workspace.policy,
  });
  return new Map(workspaces.map((workspace) => [workspace.name, open(workspace)]));
}

async function checkAccess(targets: readonly Target[], log: Logger): Promise<void> {
  const checks = await Promise.all(targets.map(({ customerIo }) => customerIo.checkAccess()));
  const mistakes = checks.flatMap((check) => check.mistakes);
  if (mistakes.length > 0) throw new ConfigError(mistakes);
  for (const { code, message } of checks.flatMap((check) => check.unchecked)) {
    log.warn({ code, message }, 'could not check the access to Customer.io; starting all the same');
  }
}
