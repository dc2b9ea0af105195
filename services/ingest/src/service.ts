import { ConfigError } from '@optout-sync/shared/config';
import { createClassifier, keywordWarnings } from '@optout-sync/shared/domain';
import {
  DurabilityWatch,
  Disposer,
  createLogger,
  createRegistry,
  registerQueueGauges,
  startAdminServer,
  type Logger,
  type Service,
} from '@optout-sync/shared/service';
import type { IngestConfig } from './config/config';
import { createApp } from './http/app';
import { startPublicServer } from './http/server';
import { createReceivers } from './routes';
import { registerSpoolGauges } from './spool/spool-events';
import { SpoolingStore } from './spool/spooling-store';
import { RedisStore } from './store/redis-store';
import { createTelemetry } from './telemetry';

export interface Ingest extends Service {
  /**
   * Listens. It waits no longer than a second for Redis: `/readyz` says whether it or the spool takes events. Rejects when
   * a port is taken, and with a ConfigError when the spool's folder is another ingest's or Redis is there and may not be
   * used; should that show only later, the spool takes events until Redis is as it must be.
   */
  start(): Promise<IngestPorts>;
  /**
   * Turns `/readyz` to 503, takes requests until the drain delay has passed, finishes what is under way and lets go of
   * everything.
   */
  stop(): Promise<void>;
}

/** Where it listens; of interest when the configuration said 0, any. */
export interface IngestPorts {
  readonly port: number;
  readonly adminPort: number;
}

const TAKEN_BY = {
  redis: 'Redis takes events',
  spool: 'Redis does not take events: they go to the spool',
} as const;

/** The ingest service, not started yet. Starting or destroying it twice is doing so once. */
export function createIngest(
  config: IngestConfig,
  overrides: { readonly log?: Logger; readonly now?: () => number } = {},
): Ingest {
  const log = overrides.log ?? createLogger({ service: 'ingest', level: config.logLevel });
  const now = overrides.now ?? Date.now;
  const held = new Disposer();
  let starting: Promise<IngestPorts> | undefined;
  let destroying: Promise<void> | undefined;
  let listening = false;

  async function start(): Promise<IngestPorts> {
    const registry = createRegistry('ingest');
    const events = createTelemetry(registry, log);
    let durability: DurabilityWatch | undefined;
    const redis = new RedisStore(config.redis, events, config.workspaceOf, (connection) => {
      const watch = (durability = new DurabilityWatch(connection, {
        required: config.redis.requireDurable ?? false,
        registry,
        log,
      }));
      return () => watch.permit();
    });
    held.add(() => redis.close());
    registerQueueGauges(registry, redis.watched);
    const store = await SpoolingStore.open(redis, { ...config.spool, events, now });
    held.add(() => store.close());
    registerSpoolGauges(registry, store.spool, now);
    if (durability && durability.refusals.length > 0) throw new ConfigError(durability.refusals);

    const admin = await startAdminServer({
      port: config.adminPort,
      registry,
      healthz: () => Promise.resolve({ ok: true }),
      readyz: async () => {
        if (destroying) return { ok: false, reason: 'stopping' };
        if (!listening) return { ok: false, reason: 'starting' };
        return { ok: true, reason: TAKEN_BY[await store.check()] };
      },
    });
    held.add(() => admin.close());

    for (const warning of keywordWarnings(config.keywords)) log.warn({ code: 'keyword_warning' }, warning);
    const classify = createClassifier(config.keywords);
    const receivers = createReceivers(config, { store, events, now, classify });
    const app = createApp({ receivers, trustProxy: config.trustProxy });
    const server = await startPublicServer(config.port, app, (code) => {
      events.requestBroken(code);
    });
    held.add(() => server.stop(config.drainMs));
    listening = true;

    log.info({ port: server.port, adminPort: admin.port }, 'ingest listens');
    return { port: server.port, adminPort: admin.port };
  }

  return {
    start: () =>
      (starting ??= start().catch(async (error: unknown) => {
        await held.dispose();
        throw error;
      })),
    stop: () =>
      (destroying ??= Promise.resolve(starting).then(
        () => held.dispose(),
        () => held.dispose(),
      )),
  };
}
