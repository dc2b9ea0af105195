import { z } from 'zod';
import {
  collectErrors,
  baseUrl,
  integer,
  listOf,
  loggingEnv,
  parseEnv,
  port,
  readForwardUrls,
  readKeywords,
  readRoutes,
  readTwilioAccounts,
  redisConfig,
  redisEnv,
  secret,
  type Env,
  type RedisConfig,
  type WorkspaceOf,
} from '@optout-sync/shared/config';
import type { KeywordConfig } from '@optout-sync/shared/domain';
import type { TrustProxy } from '../http/base-url';
import { LONGEST_DRAIN_MS } from '../http/server';
import type { Accounts } from '../webhook/account';
import { trustProxy } from './trust-proxy';

/** Where events wait on disk while Redis cannot take them. */
interface SpoolConfig {
  /** This ingest's own. */
  readonly dir: string;
  readonly maxBytes: number;
}

export interface IngestConfig {
  readonly port: number;
  readonly adminPort: number;
  /** How long it takes requests while `/readyz` says already that it is about to stop. */
  readonly drainMs: number;
  /** The base URL Twilio calls, without a trailing slash; without it, what the request says of host and protocol. */
  readonly publicUrl: string | undefined;
  readonly trustProxy: TrustProxy;
  readonly accounts: Accounts;
  /** By which dead letters are found. */
  readonly workspaceOf: WorkspaceOf;
  /** Bearer tokens for callers of the studio route that Twilio does not sign; none: only signed calls are taken. */
  readonly studioTokens: readonly string[];
  readonly keywords: KeywordConfig;
  /** Where inbound messages are passed on to. */
  readonly forwardUrls: readonly string[];
  readonly redis: RedisConfig;
  readonly spool: SpoolConfig;
  readonly logLevel: string;
}

const env = {
  INGEST_PORT: port.default(8080),
  INGEST_ADMIN_PORT: port.default(9101),
  INGEST_DRAIN_SECONDS: integer(0, LONGEST_DRAIN_MS / 1000).default(5),
  PUBLIC_URL: baseUrl
    .refine((url) => !/[?#]/.test(url), 'must be a base URL, without ? and #')
    .refine((url) => !url.includes('/webhooks/twilio'), 'must end before /webhooks/twilio')
    .optional(),
  TRUST_PROXY: trustProxy.default(false),
  STUDIO_TOKEN: listOf(secret.min(16, 'must have 16 characters at least')).optional(),
  SPOOL_DIR: z.string().default('./data/spool'),
  // At least twice what the largest batch of Event Streams may have.
  SPOOL_MAX_BYTES: integer(8 * 1024 ** 2, Number.MAX_SAFE_INTEGER).default(1024 ** 3),
  ...loggingEnv,
};

/** Reads ingest's settings. Throws a ConfigError naming every mistake. */
export function readConfig(environment: Env): IngestConfig {
  const { own, accounts, routes, keywords, forwardUrls, redis } = collectErrors({
    own: () => parseEnv(env, environment),
    accounts: () => readTwilioAccounts(environment),
    routes: () => readRoutes(environment),
    keywords: () => readKeywords(environment),
    forwardUrls: () => readForwardUrls(environment),
    redis: () => redisConfig(parseEnv(redisEnv, environment)),
  });
  return {
    port: own.INGEST_PORT,
    adminPort: own.INGEST_ADMIN_PORT,
    drainMs: own.INGEST_DRAIN_SECONDS * 1000,
    publicUrl: own.PUBLIC_URL,
    trustProxy: own.TRUST_PROXY,
    accounts: new Map(accounts.map(({ sid, authTokens }) => [sid, { tokens: authTokens }])),
    workspaceOf: routes.workspaceOf,
    studioTokens: own.STUDIO_TOKEN ?? [],
    keywords,
    forwardUrls,
    redis,
    spool: { dir: own.SPOOL_DIR, maxBytes: own.SPOOL_MAX_BYTES },
    logLevel: own.LOG_LEVEL,
  };
}
