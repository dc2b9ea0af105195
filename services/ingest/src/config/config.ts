import { z } from 'zod';
import {
  allMistakes,
  baseUrl,
  listOf,
  loggingEnv,
  parseEnv,
  port,
  redisConfig,
  redisEnv,
  type Env,
  type RedisConfig,
} from '@optout-sync/shared';
import { trustProxy, type TrustProxy } from './trust-proxy';

/** What proves that a request is from a Twilio account: any of its auth tokens, the present and the next one. */
export interface Account {
  readonly tokens: readonly string[];
}

/** Accounts by their SID. */
export type Accounts = ReadonlyMap<string, Account>;

export interface IngestConfig {
  readonly port: number;
  readonly adminPort: number;
  /** The base URL Twilio calls, without a trailing slash; without it, what the request says of host and protocol. */
  readonly publicUrl: string | undefined;
  readonly trustProxy: TrustProxy;
  readonly accounts: Accounts;
  readonly redis: RedisConfig;
  readonly logLevel: string;
}

const env = {
  INGEST_PORT: port.default(8080),
  INGEST_ADMIN_PORT: port.default(9101),
  PUBLIC_URL: baseUrl
    .refine((url) => !/[?#]/.test(url), 'must be a base URL, without ? and #')
    .refine((url) => !url.includes('/webhooks/twilio'), 'must end before /webhooks/twilio')
    .optional(),
  TRUST_PROXY: trustProxy.default(false),
  TWILIO_ACCOUNT_SID: z.string().regex(/^AC[0-9a-fA-F]{32}$/, 'must be AC and 32 hexadecimal digits'),
  TWILIO_AUTH_TOKEN: listOf(z.string()),
  ...loggingEnv,
};

/** Reads ingest's settings. Throws a ConfigError naming every mistake. */
export function readConfig(environment: Env): IngestConfig {
  const { own, redis } = allMistakes({
    own: () => parseEnv(env, environment),
    redis: () => redisConfig(parseEnv(redisEnv, environment)),
  });
  return {
    port: own.INGEST_PORT,
    adminPort: own.INGEST_ADMIN_PORT,
    publicUrl: own.PUBLIC_URL,
    trustProxy: own.TRUST_PROXY,
    accounts: new Map([[own.TWILIO_ACCOUNT_SID, { tokens: own.TWILIO_AUTH_TOKEN }]]),
    redis,
    logLevel: own.LOG_LEVEL,
  };
}
