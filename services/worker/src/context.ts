import type { Cluster, Redis } from 'ioredis';
import type { Registry } from 'prom-client';
import type { CircuitTimes } from '@optout-sync/customerio';
import { createHttpClient, type HttpClient } from '@optout-sync/http-client';
import type { WorkspaceConfig, WorkspaceOf } from '@optout-sync/shared/config';
import { openJobStores, type JobStores } from '@optout-sync/shared/dead-letters';
import { Ledger, registerOrigin } from '@optout-sync/shared/ledger';
import { closeQueues, destinationQueueName } from '@optout-sync/shared/queues';
import {
  Findings,
  Newcomers,
  PersonLooks,
  SecondLooks,
  SyncMarks,
  UnappliedIndex,
} from '@optout-sync/shared/reconcile';
import { RedisClock, connectRedis, queuePrefix, untilReady } from '@optout-sync/shared/redis';
import { ReviewList } from '@optout-sync/shared/review';
import {
  DurabilityWatch,
  RedisHealth,
  createLogger,
  createRegistry,
  registerConfigInfo,
  warnOfClock,
  type Disposer,
  type Logger,
} from '@optout-sync/shared/service';
import type { WorkerConfig } from '@optout-sync/shared/config';
import { openDestinations, type Destinations } from './destinations/open-destinations';
import { RepeatedOptOuts } from './jobs/repeated-opt-outs';
import { HeartbeatMonitor } from './lib/heartbeat-monitor';
import { whenAborted } from './lib/when-aborted';
import { ForcedSyncRequests } from './reconcile/forced-sync-requests';
import { RECONCILE_TIMES, type ReconcileTimes } from './reconcile/times';
import { AfterJobs } from './runner/after-jobs';
import { promoterOf } from './runner/promote-delayed';
import { Quarantine } from './runner/quarantine';
import { originOf } from './origin';
import { openSenderCounts, type SenderCounts } from './sent-check/sender-counts';
import { SENT_CHECK_TIMES, type SentCheckTimes } from './sent-check/times';
import { sharedSettings } from './shared-settings';
import { registerRedisGauges } from './redis-gauges';
import { RecentJobs } from './runner/recent-jobs';
import { WorkerPool } from './runner/worker-pool';
import { createTelemetry, type Telemetry } from './telemetry';
import { queuesOfApi } from './workspace/queues-of-api';
import { openWorkspace, type Workspace } from './workspace/workspace';

/** What tests replace. */
export interface WorkerOverrides {
  readonly log?: Logger;
  readonly circuitTimes?: Partial<CircuitTimes>;
  readonly heartbeat?: HeartbeatMonitor;
  readonly reconcile?: Partial<ReconcileTimes>;
  readonly sentCheck?: Partial<SentCheckTimes>;
  /** In ms, between two looks for queue shards of earlier versions. */
  readonly lookForShardsMs?: number;
}

/** What ends with the worker. */
export interface Lifetime {
  /** Aborted when the worker stops: ends all waiting. */
  readonly stopping: AbortController;
  /** Releases what was built, in reverse order. */
  readonly disposer: Disposer;
}

/** What the worker has before Redis answers. */
export interface BaseContext {
  readonly config: WorkerConfig;
  readonly log: Logger;
  readonly registry: Registry;
  readonly telemetry: Telemetry;
  readonly heartbeat: HeartbeatMonitor;
  readonly health: RedisHealth;
  /** In ms since 1970: that of Redis, where the clock of this machine is wrong. */
  readonly now: () => number;
  /** Reads and writes beside jobs; BullMQ's workers have a connection of their own. */
  readonly redis: Redis | Cluster;
  readonly durability: DurabilityWatch;
  readonly stopping: AbortSignal;
  readonly circuitTimes: Partial<CircuitTimes> | undefined;
  readonly reconcileTimes: ReconcileTimes;
  readonly sentCheckTimes: SentCheckTimes;
}

/** What jobs and consumers use. */
export interface WorkerContext extends BaseContext, Destinations {
  readonly queues: JobStores;
  readonly ledger: Ledger;
  readonly reviews: ReviewList;
  readonly marks: SyncMarks;
  readonly looks: SecondLooks;
  readonly findings: Findings;
  readonly newcomers: Newcomers;
  readonly personLooks: PersonLooks;
  readonly unapplied: UnappliedIndex;
  readonly forcedSyncs: ForcedSyncRequests;
  readonly workspaces: ReadonlyMap<string, Workspace>;
  readonly workspaceOf: WorkspaceOf;
  readonly numbersOf: (service: string) => readonly string[];
  readonly http: HttpClient;
  readonly pool: WorkerPool;
  readonly afterJobs: AfterJobs;
  readonly quarantine: Quarantine;
  readonly recentJobs: RecentJobs;
  readonly repeatedOptOuts: RepeatedOptOuts;
  /** Missing where Twilio's message log is not read. */
  readonly senderCounts: SenderCounts | undefined;
}

/** A worker measures the age of what another process received: to a second, the times in which opt-outs must be written. */
const MOST_APART_MS = 1_000;

/** Builds what needs no answer from Redis. */
export function createBaseContext(
  config: WorkerConfig,
  { stopping, disposer }: Lifetime,
  overrides: WorkerOverrides,
): BaseContext {
  const log =
    overrides.log ?? createLogger({ service: 'worker', level: config.logLevel, format: config.logFormat });
  const registry = createRegistry('worker');
  registerConfigInfo(registry, config, sharedSettings(config));
  const clock = new RedisClock({
    mostApartMs: MOST_APART_MS,
    onWrong: (aheadMs) => {
      warnOfClock(log, aheadMs, 'ages and durations are measured');
    },
  });
  const now = (): number => clock.now();
  const telemetry = createTelemetry(registry, log, config, now);
  const heartbeat = overrides.heartbeat ?? new HeartbeatMonitor();
  disposer.add(() => {
    heartbeat.stop();
  });
  const health = new RedisHealth(registry);
  const redis = connect('store', { config, telemetry, heartbeat, health }, disposer);
  clock.follow(redis);
  const required = config.redis.requireDurable ?? false;
  return {
    config,
    log,
    registry,
    telemetry,
    heartbeat,
    health,
    now,
    redis,
    durability: new DurabilityWatch(redis, { required, registry, log }),
    stopping: stopping.signal,
    circuitTimes: overrides.circuitTimes,
    reconcileTimes: { ...RECONCILE_TIMES, ...overrides.reconcile },
    sentCheckTimes: { ...SENT_CHECK_TIMES, ...overrides.sentCheck },
  };
}

/**
 * Waits for Redis, however long that takes, then builds the rest.
 *
 * @throws {ConfigError} when durability is required and Redis may lose what it acknowledges
 * @throws the reason of `stopping` when the worker stops first
 */
export async function createContext(
  base: BaseContext,
  { stopping, disposer }: Lifetime,
): Promise<WorkerContext> {
  const { config, redis, telemetry } = base;
  const { prefix } = config.redis;
  await Promise.race([untilReady(redis), whenAborted(stopping.signal)]);
  await base.durability.permit();

  const queues = openJobStores(redis, queuePrefix(config.redis), {
    workspaceOf: config.workspaceOf,
  });
  disposer.add(() => closeQueues(queues));
  const workspaces = config.workspaces.map((workspace) => open(workspace, base, queues));
  disposer.add(() => {
    for (const workspace of workspaces) workspace.close();
  });
  const http = createHttpClient();
  disposer.add(() => {
    http.close();
  });
  const afterJobs = new AfterJobs();
  disposer.add(() => afterJobs.settle());
  const pool = new WorkerPool(connect('worker', base, disposer), telemetry);
  disposer.add(() => pool.close());
  const unapplied = new UnappliedIndex(redis, prefix);
  registerRedisGauges({ ...base, queues, pool, unapplied });

  const origin = await registerOrigin(redis, prefix, originOf(config));
  const ledger = new Ledger(redis, { prefix, origin, keepsKeywords: config.keepsKeywords });
  const marks = new SyncMarks(redis, prefix, base.now);
  const forcedSyncs = new ForcedSyncRequests({ marks, queues, now: base.now });

  return {
    ...base,
    queues,
    ledger,
    reviews: new ReviewList(redis, prefix, base.now),
    marks,
    forcedSyncs,
    looks: new SecondLooks(redis, prefix, base.reconcileTimes.lookDelaysMs, base.now),
    findings: new Findings(redis, prefix),
    newcomers: new Newcomers(redis, prefix),
    personLooks: new PersonLooks(redis, prefix, base.reconcileTimes.personLookDelaysMs, base.now),
    unapplied,
    ...openDestinations(redis, prefix, { queues, now: base.now }),
    workspaces: new Map(workspaces.map((workspace) => [workspace.name, workspace])),
    workspaceOf: config.workspaceOf,
    numbersOf: config.numbersOf,
    http,
    pool,
    afterJobs,
    quarantine: new Quarantine(redis, prefix),
    recentJobs: new RecentJobs(),
    repeatedOptOuts: openRepeatedOptOuts(base, ledger, forcedSyncs),
    senderCounts: openSenderCounts(base),
  };
}

function openRepeatedOptOuts(
  { config, redis, reconcileTimes }: BaseContext,
  ledger: Ledger,
  forcedSyncs: ForcedSyncRequests,
): RepeatedOptOuts {
  const mode = config.reconcile.mode ?? 'enforce';
  return new RepeatedOptOuts({
    redis,
    prefix: config.redis.prefix,
    ledger,
    lagMs: reconcileTimes.lagMs,
    requestForcedSync: (subject, lane) =>
      forcedSyncs.request(subject, { reason: 'repeated_stop', mode }, lane),
  });
}

function connect(
  role: 'worker' | 'store',
  {
    config,
    telemetry,
    heartbeat,
    health,
  }: Pick<BaseContext, 'config' | 'telemetry' | 'heartbeat' | 'health'>,
  disposer: Disposer,
): Redis | Cluster {
  const redis = connectRedis(config.redis, role, (error) => {
    telemetry.redisFailed(role, error);
  });
  redis.on('close', () => {
    telemetry.redisClosed(role);
  });
  redis.on('ready', () => {
    telemetry.redisReady(role);
  });
  health.watch(role, redis);
  disposer.add(() => {
    redis.disconnect();
  });
  return heartbeat.watch(role, redis);
}

function open(workspace: WorkspaceConfig, base: BaseContext, queues: JobStores): Workspace {
  const promote = promoterOf(queues, base.telemetry);
  return openWorkspace(workspace, {
    ...base,
    prefix: base.config.redis.prefix,
    consents: base.config.consents,
    promoteDelayed: (use, atMost) => promote(queuesOfApi(workspace, use), atMost),
    promoteConsents: (atMost) => promote([destinationQueueName('twilio_consents', workspace.name)], atMost),
  });
}
