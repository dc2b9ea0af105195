import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { Redis } from 'ioredis';
import { ApiScope, ApiTokens, openStores, type Stores } from '@optout-sync/operations';
import { readRoutes, type Env } from '@optout-sync/shared/config';
import { closeQueues } from '@optout-sync/shared/queues';
import { PersonIds } from '../../person-id/person-ids';
import { createApi } from '../create-api';
import { createDocument } from '../openapi/document';
import { API_ROUTES } from '../routes';
import { Contract } from './contract';

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** The parsed JSON; `undefined` for an empty body. */
  readonly body: unknown;
  readonly text: string;
}

interface Options {
  /** `null` for none; by default one with all scopes. */
  readonly token?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent as it is. */
  readonly raw?: string | Uint8Array<ArrayBuffer>;
}

/** An API on the Redis of the tests, under a prefix of its own. Every answer is compared with the document. */
export interface RunningApi {
  readonly url: string;
  readonly stores: Stores;
  readonly tokens: ApiTokens;
  readonly contract: Contract;
  /** What it logged. */
  readonly logged: unknown[];
  ask(method: string, path: string, options?: Options): Promise<Answer>;
  tokenWith(...scopes: ApiScope[]): Promise<string>;
  close(): Promise<void>;
}

const document = createDocument(API_ROUTES);

export async function startApi({
  requestsPerSecond = 1_000_000,
  env: more = {},
}: { readonly requestsPerSecond?: number; readonly env?: Env } = {}): Promise<RunningApi> {
  const url = process.env.TEST_REDIS_URL ?? '';
  const prefix = `test-${randomUUID()}`;
  const env: Env = {
    REDIS_URL: url,
    QUEUE_PREFIX: prefix,
    TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}`,
    ...more,
  };
  const redis = new Redis(url, { maxRetriesPerRequest: null });
  const stores = openStores(redis, { mode: 'standalone', url, prefix });
  const logged: unknown[] = [];
  const note = (...line: unknown[]): void => void logged.push(line);
  // As the app of the console is, which sends no ETags of its own.
  const app = express().disable('etag');
  app.use(
    '/api',
    createApi({
      stores,
      routes: readRoutes(env),
      env,
      people: await PersonIds.open(redis, prefix),
      log: { info: note },
      telemetry: { failed: note },
      requestsPerSecond,
    }),
  );
  const server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const base = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/api`;
  const tokens = new ApiTokens(redis, prefix);
  const contract = new Contract(document);
  let count = 0;
  const tokenWith = (...scopes: ApiScope[]): Promise<string> =>
    tokens.add({ name: `t${String(count++)}`, scopes, createdAt: Date.now(), by: 'Ann', why: 'a test' });
  const everything = await tokenWith(...ApiScope.options);
  return {
    url: base,
    stores,
    tokens,
    contract,
    logged,
    tokenWith,
    async ask(method, path, { token = everything, headers = {}, body, raw } = {}) {
      const sent = raw ?? (body === undefined ? undefined : JSON.stringify(body));
      const response = await fetch(`${base}/v1${path}`, {
        method,
        headers: {
          ...(token !== null && { authorization: `Bearer ${token}` }),
          ...(sent !== undefined && { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(sent !== undefined && { body: sent }),
      });
      const text = await response.text();
      const type = response.headers.get('content-type') ?? '';
      if (method !== 'HEAD') {
        const [plain = ''] = path.split('?');
        contract.check({ method: method.toLowerCase(), path: plain, status: response.status, type, text });
      }
      const parsed = text === '' ? undefined : (JSON.parse(text) as unknown);
      return { status: response.status, headers: response.headers, body: parsed, text };
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await closeQueues(stores.queues);
      redis.disconnect();
    },
  };
}
