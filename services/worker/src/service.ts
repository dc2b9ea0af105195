import type { Queue } from 'bullmq';
import { openJobStores, type JobStores } from '@optout-sync/shared/dead-letters';
import type { CircuitTimes } from '@optout-sync/customerio';
import { createHttpClient } from '@optout-sync/http-client';
import { ConfigError } from '@optout-sync/shared/config';
import { closeQueues, syncQueueName } from '@optout-sync/shared/queues';
import { connectRedis, queuePrefix, untilReady } from '@optout-sync/shared/redis';
import {
  DurabilityWatch,
  Disposer,
  createRegistry,
  registerQueueGauges,
  throttle,
  startAdminServer,
  type Logger,
  type Service,
} from '@optout-sync/shared/service';
import type { WorkerConfig } from './config/config';
import { startConsumers } from './consumers';
import { HeartbeatMonitor } from './lib/heartbeat-monitor';
import { promoteDelayedJobs } from './runner/promote-delayed';
import { WorkerPool } from './runner/worker-pool';
import { createReplayEvents, createTelemetry } from './telemetry';
import { openWorkspace, type OpenWorkspace } from './workspace/workspace';

export interface WorkerService extends Service {
  readonly adminPort: number;
}

/** For tests: what would take them too long otherwise. */
export interface Overrides {
  readonly gateTimes?: Partial<CircuitTimes>;
  readonly pulse?: HeartbeatMonitor;
}

/** The same connection's errors are logged once in as many ms. */
const ERROR_LOG_MS = 10_000;

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
  const held = new Disposer();
  try {
    return await start(config, log, held, overrides);
  } catch (error) {
    await held.dispose();
    throw error;
  }
}

async function start(
  config: WorkerConfig,
  log: Logger,
  held: Disposer,
  { gateTimes, pulse = new HeartbeatMonitor() }: Overrides,
): Promise<WorkerService> {
  const registry = createRegistry('worker');
  const events = createTelemetry(registry, log);
  const connect = (role: 'worker' | 'store'): ReturnType<typeof connectRedis> => {
    const redis = connectRedis(
      config.redis,
      role,
      throttle(ERROR_LOG_MS, (unsaid, err: Error) => {
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

  let takers: WorkerPool | undefined;
  const workspaces: OpenWorkspace[] = [];
  const watched: Queue[] = [];
  const store = connect('store');
  let waitsFor: string | undefined = 'Redis';
  const letters: JobStores['deadLetters'][] = [];
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
      const idle = takers?.idle();
      if (idle !== undefined) return { ok: false, reason: `takes no jobs from ${idle}` };
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
  const queues = openJobStores(store, queuePrefix(config.redis), {
    shards: config.redis.shards,
    workspaceOf,
  });
  held.add(() => closeQueues(queues));
  letters.push(queues.deadLetters);
  const stopping = new AbortController();
  for (const workspace of config.workspaces) {
    const name = syncQueueName(workspace.name);
    const opened = openWorkspace(workspace, {
      redis: store,
      prefix: config.redis.prefix,
      observe: events.requested,
      events,
      stopping: stopping.signal,
      gateTimes,
      wake(atMost) {
        const shards = queues.opened().filter((queue) => queue.name === name);
        promoteDelayedJobs(shards, atMost).catch((err: unknown) => {
          log.warn({ err, code: 'wake_failed', queue: name }, 'jobs stay delayed');
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

  const http = createHttpClient();
  held.add(() => {
    http.close();
  });
  const taking = (takers = new WorkerPool(connect('worker'), log));
  held.add(() => {
    stopping.abort();
    return taking.close();
  });
  await startConsumers({
    redis: store,
    prefix: config.redis.prefix,
    queues,
    takers: taking,
    targets: new Map(workspaces.map((workspace) => [workspace.name, workspace])),
    workspaceOf,
    http,
    events,
    replayEvents: createReplayEvents(registry, log),
    log,
    stopping: stopping.signal,
    watch: (queue) => watched.push(queue),
  });
  waitsFor = undefined;
  log.info({ adminPort: admin.port, workspaces: workspaces.map(({ name }) => name) }, 'worker takes jobs');

  return { adminPort: admin.port, stop: () => held.dispose() };
}

/**
 * A workspace whose keys or region are refused stops the start when it is the only one; beside others its opt-outs wait
 * until it is mended, and theirs do not.
 */
async function checkAccess(workspaces: readonly OpenWorkspace[], log: Logger): Promise<void> {
  const checks = await Promise.all(workspaces.map((workspace) => workspace.checkAccess()));
  const mistakes = checks.flatMap((check) => check.errors);
  if (checks.every((check) => check.errors.length > 0)) throw new ConfigError(mistakes);
  for (const mistake of mistakes) log.error({ code: 'workspace_refused' }, mistake);
  for (const { code, message } of checks.flatMap((check) => check.unchecked)) {
    log.warn({ code, message }, 'could not check the access to Customer.io; starting all the same');
  }
}
