import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openStores } from '@optout-sync/operations';
import type { ConsoleConfig, Env } from '@optout-sync/shared/config';
import { closeQueues } from '@optout-sync/shared/queues';
import { connectRedis, untilReady } from '@optout-sync/shared/redis';
import {
  Disposer,
  HTTP_TIME_LIMITS,
  RedisHealth,
  capConnections,
  createLogger,
  createRegistry,
  listen,
  registerConfigInfo,
  startAdminServer,
  type Logger,
  type Service,
} from '@optout-sync/shared/service';
import type { Cluster, Redis } from 'ioredis';
import type { Registry } from 'prom-client';
import type { ConsoleContext } from './context';
import { PersonIds } from './person-id/person-ids';
import { createApp } from './server/create-app';
import { Telemetry } from './telemetry';

/** The ports that the console listens on, in case the configuration is 0 (any free port). */
export interface ConsolePorts {
  readonly port: number;
  readonly adminPort: number;
}

/** Pages with a stream keep their connection. */
const MOST_CONNECTIONS = 512;

/**
 * The console service.
 *
 * *Created*: holds nothing. *Starting*: entered by `start()`; `/readyz` says that it waits for Redis. *Listening*: serves
 * pages and the API. *Stopped*: entered by `stop()`, and when the start fails; everything is released.
 */
export class Console implements Service {
  private readonly disposer = new Disposer();
  private readonly stopping = new AbortController();
  private starting: Promise<ConsolePorts> | undefined;
  private stopped: Promise<void> | undefined;
  private isListening = false;

  private constructor(
    private readonly config: ConsoleConfig,
    private readonly env: Env,
    private readonly log: Logger,
  ) {}

  /** @param env the environment, for operations that read a part of the configuration by themselves */
  static create(config: ConsoleConfig, env: Env, overrides: { readonly log?: Logger } = {}): Console {
    const { logLevel: level, logFormat: format, hasBareNumbers } = config;
    const log = overrides.log ?? createLogger({ service: 'console', level, format, hasBareNumbers });
    return new Console(config, env, log);
  }

  /**
   * Waits for Redis, then listens.
   *
   * @throws {Error} `EADDRINUSE` when a port is in use, and when it is stopped before it has started
   */
  start(): Promise<ConsolePorts> {
    this.starting ??= this.open().catch(async (error: unknown) => {
      await this.disposer.dispose();
      throw error;
    });
    return this.starting;
  }

  /** Ends streams, answers the requests that are in progress, and releases everything. */
  stop(): Promise<void> {
    this.stopping.abort();
    const dispose = () => this.disposer.dispose();
    this.stopped ??= Promise.resolve(this.starting).then(dispose, dispose);
    return this.stopped;
  }

  private async open(): Promise<ConsolePorts> {
    const { config, env, log, stopping, disposer } = this;
    stopping.signal.throwIfAborted();
    const registry = createRegistry('console');
    registerConfigInfo(registry, config, [config.auth.kind]);
    const telemetry = new Telemetry(registry, log);
    const redis = this.connect(telemetry, registry);
    const adminPort = await this.startAdmin(registry, redis);
    await Promise.race([untilReady(redis), whenAborted(stopping.signal)]);
    const stores = openStores(redis, config.redis);
    disposer.add(() => closeQueues(stores.queues));
    const people = await PersonIds.open(redis, config.redis.prefix);
    const context: ConsoleContext = { config, env, stores, routes: config.routes, people, log };
    const port = await this.listen(context, telemetry);
    log.info({ port, adminPort, auth: config.auth.kind }, 'console listens');
    return { port, adminPort };
  }

  private connect(telemetry: Telemetry, registry: Registry): Redis | Cluster {
    const { redisOutage } = telemetry;
    const redis = connectRedis(this.config.redis, 'store', (error) => {
      redisOutage.failed('store', error);
    });
    redis.on('close', () => {
      if (!this.stopping.signal.aborted) redisOutage.closed('store');
    });
    redis.on('ready', () => {
      redisOutage.ready('store');
    });
    new RedisHealth(registry).watch('store', redis);
    this.disposer.add(() => {
      redis.disconnect();
    });
    return redis;
  }

  private async startAdmin(registry: Registry, redis: Redis | Cluster): Promise<number> {
    const { adminPort, adminHost } = this.config;
    const admin = await startAdminServer({
      port: adminPort,
      host: adminHost,
      registry,
      healthz: () => Promise.resolve({ ok: true }),
      readyz: () => {
        if (this.stopping.signal.aborted) return Promise.resolve({ ok: false, reason: 'stopping' });
        if (!this.isListening || redis.status !== 'ready') {
          return Promise.resolve({ ok: false, reason: 'waiting for Redis' });
        }
        return Promise.resolve({ ok: true });
      },
    });
    this.disposer.add(() => admin.close());
    return admin.port;
  }

  private async listen(context: ConsoleContext, telemetry: Telemetry): Promise<number> {
    const { stopping, config } = this;
    const server = createServer(HTTP_TIME_LIMITS, createApp(context, telemetry, stopping.signal));
    capConnections(server, MOST_CONNECTIONS);
    await listen(server, config);
    this.isListening = true;
    this.disposer.add(() => closeServer(server));
    return (server.address() as AddressInfo).port;
  }
}

/** Connections that are still answering after this time are cut, in ms. */
const CUT_AFTER_MS = 10_000;

/** Answers the requests that are in progress. A connection whose stream has just ended is kept alive by its browser: it is closed too. */
async function closeServer(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => {
      resolve();
    });
  });
  const idle = setInterval(() => {
    server.closeIdleConnections();
  }, 100);
  const cut = setTimeout(() => {
    server.closeAllConnections();
  }, CUT_AFTER_MS);
  await closed;
  clearInterval(idle);
  clearTimeout(cut);
}

function whenAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const fail = (): void => {
      reject(signal.reason as Error);
    };
    if (signal.aborted) fail();
    else signal.addEventListener('abort', fail);
  });
}
