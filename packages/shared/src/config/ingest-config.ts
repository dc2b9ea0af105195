import { z } from 'zod';
import type { BlockedSendSettings } from '../domain/blocked-send';
import type { KeywordSettings } from '../domain/keywords/keyword-settings';
import type { WorkspaceOf } from '../domain/subject';
import { collectErrors } from './collect-errors';
import { configWarnings } from './config-warnings';
import { differentPorts } from './different-ports';
import { host, integer, listOf, loggingEnv, port, secret, tracingEnv } from './fields';
import type { IntakeClient } from './intake-config';
import { readLinkKeys } from './link-keys';
import {
  readBlockedSends,
  readForwardSignature,
  readForwardUrls,
  readIntake,
  readKeywords,
  readRoutes,
  readTwilioAccounts,
  readWebhookTokens,
} from './optout-config';
import { parseEnv, type Env } from './parse-env';
import { publicUrl } from './public-url';
import { redisConfig, redisEnv, type RedisConfig } from './redis-config';
import { trustProxy, type TrustProxy } from './trust-proxy';
import { defaultOf } from './variables';
import type { WorkspaceTokens } from './webhook-tokens';

/** Where events are stored on disk while Redis is not usable. */
interface SpoolConfig {
  /** Used by this ingest only. */
  readonly dir: string;
  /** Upper bound of the stored items, in bytes. */
  readonly maxBytes: number;
}

export interface IngestConfig {
  readonly port: number;
  readonly adminPort: number;
  /** Where the public port listens; all addresses of the machine by default. */
  readonly host: string | undefined;
  readonly adminHost: string;
  /** How long requests are accepted after a signal, while `/readyz` answers 503. */
  readonly drainMs: number;
  /** The base URL that Twilio calls, without a trailing slash. Without it, the request's host and protocol are used. */
  readonly publicUrl: string | undefined;
  readonly trustProxy: TrustProxy;
  /** The Twilio accounts whose webhooks are accepted, by their SID. */
  readonly accounts: ReadonlyMap<string, { readonly tokens: readonly string[] }>;
  /** The workspaces that accounts may belong to. */
  readonly workspaces: readonly string[];
  /** For the index of the dead letters. */
  readonly workspaceOf: WorkspaceOf;
  /** Bearer tokens for callers of the studio route that Twilio does not sign. Without any, only signed calls are accepted. */
  readonly studioTokens: readonly string[];
  /** Bearer tokens for callers of the people route, by workspace. Without any, the route is off. */
  readonly webhookTokens: readonly WorkspaceTokens[];
  /** The callers of the optouts route. Without any, the route is off. */
  readonly intake: readonly IntakeClient[];
  /** Any of them opens a one-click link. Without any, the link route is off. */
  readonly linkKeys: readonly Buffer[];
  readonly keywords: KeywordSettings;
  readonly blockedSends: BlockedSendSettings;
  /** The URLs that inbound messages are forwarded to. */
  readonly forwardUrls: readonly string[];
  /** Whether these get Twilio's signature. */
  readonly forwardSignature: boolean;
  readonly redis: RedisConfig;
  readonly spool: SpoolConfig;
  readonly logLevel: string;
  /** Whether traces are sent to an OTLP receiver, whose URL OpenTelemetry's SDK reads by itself. */
  readonly traces: boolean;
  readonly logFormat: 'json' | 'pretty';
  /** What is valid but may be a mistake, a sentence each. */
  readonly warnings: readonly string[];
}

/**
 * The longest drain, in ms: a process has 25 s to stop (`SHUTDOWN_DEADLINE_MS`), and closing the connections and the stores
 * needs the rest.
 */
const LONGEST_DRAIN_MS = 10_000;

const portsEnv = {
  INGEST_PORT: port.prefault(defaultOf('INGEST_PORT')),
  INGEST_ADMIN_PORT: port.prefault(defaultOf('INGEST_ADMIN_PORT')),
};

const env = {
  INGEST_HOST: host.optional(),
  ADMIN_HOST: host.prefault(defaultOf('ADMIN_HOST')),
  INGEST_DRAIN_SECONDS: integer(0, LONGEST_DRAIN_MS / 1000).prefault(defaultOf('INGEST_DRAIN_SECONDS')),
  PUBLIC_URL: publicUrl.optional(),
  TRUST_PROXY: trustProxy.prefault(defaultOf('TRUST_PROXY')),
  STUDIO_TOKEN: listOf(secret.min(16, 'must have at least 16 characters')).optional(),
  SPOOL_DIR: z.string().prefault(defaultOf('SPOOL_DIR')),
  // At least twice the size of the largest batch of Event Streams.
  SPOOL_MAX_BYTES: integer(8 * 1024 ** 2, Number.MAX_SAFE_INTEGER).prefault(defaultOf('SPOOL_MAX_BYTES')),
  ...loggingEnv,
  ...tracingEnv,
};

/** Reads ingest's configuration: at its start and in `config check`. @throws {ConfigError} with every error of every part */
export function readIngestConfig(environment: Env): IngestConfig {
  const { ports, own, accounts, routes, redis, ...parts } = collectErrors({
    ports: () => differentPorts(parseEnv(portsEnv, environment)),
    own: () => parseEnv(env, environment),
    accounts: () => readTwilioAccounts(environment),
    routes: () => readRoutes(environment),
    webhookTokens: () => readWebhookTokens(environment),
    intake: () => readIntake(environment),
    linkKeys: () => readLinkKeys(environment),
    keywords: () => readKeywords(environment),
    blockedSends: () => readBlockedSends(environment),
    forwardUrls: () => readForwardUrls(environment),
    forwardSignature: () => readForwardSignature(environment),
    redis: () => redisConfig(parseEnv(redisEnv, environment)),
    warnings: () => configWarnings(environment),
  });
  return {
    port: ports.INGEST_PORT,
    adminPort: ports.INGEST_ADMIN_PORT,
    host: own.INGEST_HOST,
    adminHost: own.ADMIN_HOST,
    drainMs: own.INGEST_DRAIN_SECONDS * 1000,
    publicUrl: own.PUBLIC_URL,
    trustProxy: own.TRUST_PROXY,
    accounts: new Map(accounts.map(({ sid, authTokens }) => [sid, { tokens: authTokens }])),
    workspaces: [...routes.workspaces.values()],
    workspaceOf: routes.workspaceOf,
    studioTokens: own.STUDIO_TOKEN ?? [],
    redis,
    ...parts,
    spool: { dir: own.SPOOL_DIR, maxBytes: own.SPOOL_MAX_BYTES },
    logLevel: own.LOG_LEVEL,
    traces: own.OTEL_EXPORTER_OTLP_ENDPOINT !== undefined,
    logFormat: own.LOG_FORMAT,
  };
}
