import { ConfigError } from '@optout-sync/shared/config';
import { createBlockedSends, createClassifier, keywordWarnings } from '@optout-sync/shared/domain';
import {
  Disposer,
  DurabilityWatch,
  RedisHealth,
  createLogger,
  createRegistry,
  registerConfigInfo,
  registerQueueGauges,
  reportActivity,
  startAdminServer,
  warnOfClock,
  type Logger,
  type Service,
} from '@optout-sync/shared/service';
import { UnappliedIndex } from '@optout-sync/shared/reconcile';
import { RedisClock } from '@optout-sync/shared/redis';
import {
  UnappliedReader,
  createBacklogs,
  registerUnappliedGauges,
  type Backlogs,
} from '@optout-sync/shared/unapplied';
import type { Registry } from 'prom-client';
import type { IngestConfig } from '@optout-sync/shared/config';
import { createApp } from './http/app';
import { connectionLimit } from './http/connection-limit';
import { startPublicServer } from './http/server';
import { registerSpoolGauges } from './metrics';
import { createReceivers } from './routes';
import { sharedSettings } from './shared-settings';
import { LiveStopTally } from './spool/live-stop-tally';
import { spoolStatus } from './spool/spool-status';
import { SpoolingStore } from './spool/spooling-store';
import { RedisStore, connectProducer } from './store/redis-store';
import { createTelemetry, type Telemetry } from './telemetry';

/** The ports that ingest listens on, in case the configuration is 0 (any free port). */
export interface IngestPorts {
  readonly port: number;
  readonly adminPort: number;
}

/** As in rule 6 of docs/ordering.md. */
const MOST_APART_MS = 60_000;

const READY_REASON = {
  redis: 'Redis takes events',
  spool: 'Redis does not take events: they go to the spool',
} as const;

/**
 * The ingest service.
 *
 * *Created*: holds nothing. *Starting*: entered by `start()`. `/readyz` answers 503. *Listening*: takes webhooks. `/readyz`
 * says whether Redis or the spool takes events. *Stopping*: entered by `stop()`. `/readyz` answers 503, and webhooks are
 * accepted until the drain delay ends. *Stopped*: everything is released. Also entered when the start fails. Starting or
 * stopping twice has the effect of doing so once.
 */
export class Ingest implements Service {
  private readonly disposer = new Disposer();
  private starting: Promise<IngestPorts> | undefined;
  private stopping: Promise<void> | undefined;
  private listening = false;
  /** When a message arrives, in ms since 1970; that of Redis from when it is connected, unless a test gives the time. */
  private arrivedAt = (): number => this.now();

  private constructor(
    private readonly config: IngestConfig,
    private readonly log: Logger,
    private readonly givenNow: (() => number) | undefined,
  ) {}

  private get now(): () => number {
    return this.givenNow ?? Date.now;
  }

  static create(
    config: IngestConfig,
    overrides: { readonly log?: Logger; readonly now?: () => number } = {},
  ): Ingest {
    const log =
      overrides.log ?? createLogger({ service: 'ingest', level: config.logLevel, format: config.logFormat });
    return new Ingest(config, log, overrides.now);
  }

  /**
   * Starts to listen. Waits no longer than a second for Redis: the spool takes events until Redis does.
   *
   * @throws {Error} `EADDRINUSE` when a port is in use, or when it was stopped before
   * @throws {ConfigError} when the spool's folder belongs to another ingest, or when Redis is reachable and must not be
   *   used. If Redis turns out to be unusable only later, the spool takes events until Redis may be used.
   */
  start(): Promise<IngestPorts> {
    this.starting ??= (this.stopping ? rejectStopped() : this.listen()).catch(async (error: unknown) => {
      await this.disposer.dispose();
      throw error;
    });
    return this.starting;
  }

  /** Turns `/readyz` to 503, takes requests until the drain delay ends, finishes them and releases everything. */
  stop(): Promise<void> {
    const dispose = () => this.disposer.dispose();
    this.stopping ??= Promise.resolve(this.starting).then(dispose, dispose);
    return this.stopping;
  }

  private async listen(): Promise<IngestPorts> {
    const registry = createRegistry('ingest');
    registerConfigInfo(registry, this.config, sharedSettings(this.config));
    const telemetry = createTelemetry(registry, this.log, this.config);
    const store = await this.openStore(registry, telemetry);
    const adminPort = await this.startAdmin(registry, store);
    const port = await this.startPublic(store, telemetry);
    this.listening = true;
    this.log.info({ port, adminPort, maxConnections: connectionLimit() }, 'ingest listens');
    return { port, adminPort };
  }

  private async openStore(registry: Registry, telemetry: Telemetry): Promise<SpoolingStore> {
    const { config, now, disposer, log } = this;
    const connection = connectProducer({ config: config.redis, telemetry });
    new RedisHealth(registry).watch('producer', connection);
    const required = config.redis.requireDurable ?? false;
    if (!this.givenNow) this.followClockOf(connection);
    const durability = new DurabilityWatch(connection, { required, registry, log });
    const redis = new RedisStore(connection, {
      config: config.redis,
      telemetry,
      workspaceOf: config.workspaceOf,
      permit: () => durability.permit(),
    });
    disposer.add(() => redis.close());
    registerQueueGauges(registry, redis.watched);
    const createTally = () => new LiveStopTally(config.workspaceOf);
    const store = await SpoolingStore.open(redis, { ...config.spool, createTally, telemetry, now });
    disposer.add(() => store.close());
    registerSpoolGauges(registry, store.spool, now);
    const { prefix } = config.redis;
    const spool = () => spoolStatus(store.spool);
    disposer.add(reportActivity({ redis: connection, prefix, registry, service: 'ingest', spool }));
    const index = new UnappliedIndex(connection, config.redis.prefix);
    let backlogs: Backlogs | undefined;
    registerUnappliedGauges(registry, {
      workspaces: config.workspaces,
      reader: new UnappliedReader(config.workspaces, index, () => {
        const { stores } = redis;
        return stores && (backlogs ??= createBacklogs(connection, stores, config.workspaceOf, index));
      }),
      inSpool: (at) => store.spool.liveStops(at),
      // Their ages are measured by the clock that they are timed by.
      now: () => this.arrivedAt(),
    });
    if (durability.refusals.length > 0) throw new ConfigError(durability.refusals);
    return store;
  }

  private followClockOf(connection: ReturnType<typeof connectProducer>): void {
    const clock = new RedisClock({
      mostApartMs: MOST_APART_MS,
      onWrong: (aheadMs) => {
        warnOfClock(this.log, aheadMs, 'messages are timed');
      },
    });
    clock.follow(connection);
    this.arrivedAt = () => clock.now();
  }

  private async startAdmin(registry: Registry, store: SpoolingStore): Promise<number> {
    const server = await startAdminServer({
      port: this.config.adminPort,
      host: this.config.adminHost,
      registry,
      healthz: () => Promise.resolve({ ok: true }),
      readyz: async () => {
        if (this.stopping) return { ok: false, reason: 'stopping' };
        if (!this.listening) return { ok: false, reason: 'starting' };
        const reason = READY_REASON[await store.check()];
        const { unusable } = store.spool;
        return { ok: true, reason: unusable ? `${reason}. ${unusable.message}` : reason };
      },
    });
    this.disposer.add(() => server.close());
    return server.port;
  }

  private async startPublic(store: SpoolingStore, telemetry: Telemetry): Promise<number> {
    const { config, log } = this;
    const now = (): number => this.arrivedAt();
    for (const warning of keywordWarnings(config.keywords)) log.warn({ code: 'keyword_warning' }, warning);
    const classify = createClassifier(config.keywords);
    const blockedSends = createBlockedSends(config.blockedSends);
    const receivers = createReceivers(config, { store, telemetry, now, classify, blockedSends });
    const app = createApp({ receivers, trustProxy: config.trustProxy, telemetry });
    const server = await startPublicServer({ port: config.port, host: config.host }, app, telemetry);
    this.disposer.add(() => server.stop(config.drainMs));
    return server.port;
  }
}

function rejectStopped(): Promise<never> {
  return Promise.reject(new Error('a stopped ingest does not start'));
}
