import {
  Held,
  createClassifier,
  createLogger,
  createRegistry,
  keywordWarnings,
  registerQueueGauges,
  startAdminServer,
  type Logger,
  type Service,
} from '@optout-sync/shared';
import type { IngestConfig } from './config/config';
import { createEvents } from './events';
import { createApp } from './http/app';
import { startPublicServer } from './http/server';
import { RedisStore } from './store/redis-store';
import { createReceivers } from './webhook/receivers';

export interface Ingest extends Service {
  /** Listens. It does not wait for Redis: `/readyz` says when it can take events. Rejects when a port is taken. */
  start(): Promise<IngestPorts>;
  /** Finishes what is under way and lets go of everything. */
  destroy(): Promise<void>;
}

/** Where it listens; of interest when the configuration said 0, any. */
export interface IngestPorts {
  readonly port: number;
  readonly adminPort: number;
}

/** The ingest service, not started yet. Starting or destroying it twice is doing so once. */
export function createIngest(
  config: IngestConfig,
  overrides: { readonly log?: Logger; readonly now?: () => number } = {},
): Ingest {
  const log = overrides.log ?? createLogger({ service: 'ingest', level: config.logLevel });
  const now = overrides.now ?? Date.now;
  const held = new Held();
  let starting: Promise<IngestPorts> | undefined;
  let destroying: Promise<void> | undefined;

  async function start(): Promise<IngestPorts> {
    const registry = createRegistry('ingest');
    const events = createEvents(registry, log);
    const store = new RedisStore(config.redis, events);
    held.add(() => store.close());
    registerQueueGauges(registry, store.watched);

    const admin = await startAdminServer({
      port: config.adminPort,
      registry,
      healthz: () => Promise.resolve({ ok: true }),
      readyz: async () => {
        if (destroying) return { ok: false, reason: 'stopping' };
        await store.check();
        return { ok: true };
      },
    });
    held.add(() => admin.close());

    for (const warning of keywordWarnings(config.keywords)) log.warn({ code: 'keyword_warning' }, warning);
    const classify = createClassifier(config.keywords);
    const receivers = createReceivers(config, { store, events, now, classify });
    const app = createApp({ receivers, trustProxy: config.trustProxy });
    const server = await startPublicServer(config.port, app);
    held.add(() => server.stop());

    log.info({ port: server.port, adminPort: admin.port }, 'ingest listens');
    return { port: server.port, adminPort: admin.port };
  }

  return {
    start: () =>
      (starting ??= start().catch(async (error: unknown) => {
        await held.letGo();
        throw error;
      })),
    destroy: () =>
      (destroying ??= Promise.resolve(starting).then(
        () => held.letGo(),
        () => held.letGo(),
      )),
  };
}
