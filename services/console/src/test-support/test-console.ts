import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openStores } from '@optout-sync/operations';
import { readConsoleConfig } from '@optout-sync/shared/config';
import { closeQueues } from '@optout-sync/shared/queues';
import { connectRedis, untilReady } from '@optout-sync/shared/redis';
import { createLogger } from '@optout-sync/shared/service';
import { Registry } from 'prom-client';
import { Sessions, csrfTokenOf } from '../auth/sessions';
import type { ConsoleContext } from '../context';
import type { Role } from '../http/route';
import { PersonIds } from '../person-id/person-ids';
import { createApp } from '../server/create-app';
import { Telemetry } from '../telemetry';

/** Salt and hash of no password: sessions of tests are created, not logged in. */
const HASH = `scrypt.1024.8.1.${'a'.repeat(22)}.${'b'.repeat(43)}`;

interface Reply {
  readonly status: number;
  readonly text: string;
  readonly location: string | null;
  readonly headers: Headers;
}

/** The pages of the console on a real Redis, under a prefix of their own, with a user of each role. */
export interface TestConsole {
  readonly url: string;
  readonly context: ConsoleContext;
  readonly logLines: readonly string[];
  get(path: string, role?: Role): Promise<Reply>;
  /** Sends a form with its CSRF token. */
  post(path: string, fields?: Record<string, string>, role?: Role): Promise<Reply>;
  /** The headers of a request of the role's user, with which any request can be made. */
  headersOf(role: Role): Record<string, string>;
  stop(): Promise<void>;
}

export async function startTestConsole(settings: Record<string, string> = {}): Promise<TestConsole> {
  const env = {
    REDIS_URL: process.env.TEST_REDIS_URL ?? '',
    QUEUE_PREFIX: `test-${randomUUID()}`,
    CUSTOMERIO_SITE_ID: 'site',
    CUSTOMERIO_TRACK_API_KEY: 'track',
    CUSTOMERIO_APP_API_KEY: 'app',
    CONSOLE_AUTH: 'password',
    CONSOLE_USERS: `viewer:viewer:${HASH},support:support:${HASH},operator:operator:${HASH}`,
    ...settings,
  };
  const config = readConsoleConfig(env);
  const logLines: string[] = [];
  const { logLevel: level } = config;
  const log = createLogger({ service: 'console', level }, { write: (line) => logLines.push(line) });
  const redis = connectRedis(config.redis, 'store', () => undefined);
  await untilReady(redis);
  const { prefix } = config.redis;
  const stores = openStores(redis, config.redis);
  const people = await PersonIds.open(redis, prefix);
  const context: ConsoleContext = { config, env, stores, routes: config.routes, people, log };
  const stopping = new AbortController();
  const app = createApp(context, new Telemetry(new Registry(), log), stopping.signal);
  const server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;

  const sessions = new Sessions(redis, prefix);
  const ids = { viewer: '', support: '', operator: '' };
  for (const role of ['viewer', 'support', 'operator'] as const)
    ids[role] = await sessions.create(role, HASH);

  const headersOf = (role: Role): Record<string, string> => ({
    cookie: `optout-console=${ids[role]}`,
    origin: url,
  });
  const ask = async (path: string, role: Role, body?: URLSearchParams): Promise<Reply> => {
    const method = body ? 'POST' : 'GET';
    const response = await fetch(`${url}${path}`, {
      method,
      headers: headersOf(role),
      redirect: 'manual',
      ...(body && { body }),
    });
    const { status, headers } = response;
    return { status, text: await response.text(), location: headers.get('location'), headers };
  };
  return {
    url,
    context,
    logLines,
    headersOf,
    get: (path, role = 'operator') => ask(path, role),
    post: (path, fields = {}, role = 'operator') =>
      ask(path, role, new URLSearchParams({ csrf: csrfTokenOf(ids[role]), ...fields })),
    async stop() {
      stopping.abort();
      server.close();
      server.closeAllConnections();
      await closeQueues(stores.queues);
      for await (const keys of keysOf(redis, prefix)) if (keys.length > 0) await redis.del(...keys);
      redis.disconnect();
    },
  };
}

async function* keysOf(redis: ConsoleContext['stores']['redis'], prefix: string): AsyncGenerator<string[]> {
  if (!('scanStream' in redis)) return;
  yield* redis.scanStream({ match: `*${prefix}*`, count: 1_000 }) as AsyncIterable<string[]>;
}
