import type { WorkspaceOf } from '../domain/subject';
import { collectErrors } from './collect-errors';
import { configWarnings } from './config-warnings';
import { readConsents, type ConsentsConfig } from './consents-config';
import { host, loggingEnv, port, tracingEnv } from './fields';
import {
  readRoutes,
  readWorkspaceOf,
  readWorkspaces,
  senderNamesOf,
  serviceNumbersOf,
} from './optout-config';
import { parseEnv, type Env } from './parse-env';
import { reconcileConfig, reconcileEnv, type ReconcileConfig } from './reconcile-config';
import { redisConfig, redisEnv, type RedisConfig } from './redis-config';
import { retention, retentionWarnings } from './retention';
import { readSentCheck, type SentCheckConfig } from './sent-check-config';
import { defaultOf } from './variables';
import type { WorkspaceConfig } from './workspace-config';

export interface WorkerConfig {
  readonly adminPort: number;
  readonly adminHost: string;
  readonly logLevel: string;
  /** Whether traces are sent to an OTLP receiver, whose URL OpenTelemetry's SDK reads by itself. */
  readonly traces: boolean;
  readonly logFormat: 'json' | 'pretty';
  readonly redis: RedisConfig;
  readonly workspaces: readonly WorkspaceConfig[];
  readonly workspaceOf: WorkspaceOf;
  /** The configured numbers of a Messaging Service. */
  readonly numbersOf: (service: string) => readonly string[];
  /** Missing where no opt-outs are written to Twilio. */
  readonly consents?: ConsentsConfig;
  /** How metrics name a sender. */
  readonly senderNameOf: (sender: string) => string | undefined;
  readonly reconcile: ReconcileConfig;
  /** How long messages that decide nothing are stored, in ms; missing: without limit. */
  readonly retentionMs: number | undefined;
  /** Missing where Twilio's message log is not read. */
  readonly sentCheck: SentCheckConfig | undefined;
  /** Whether a workspace stores phone numbers without a plus. */
  readonly hasBareNumbers: boolean;
  /** Whether the ledger stores keywords: a workspace is told them, or Twilio is told those that it does not know. */
  readonly keepsKeywords: boolean;
  /** What is valid but may be a mistake, a sentence each. */
  readonly warnings: readonly string[];
}

const processEnv = {
  WORKER_ADMIN_PORT: port.prefault(defaultOf('WORKER_ADMIN_PORT')),
  ADMIN_HOST: host.prefault(defaultOf('ADMIN_HOST')),
  ...reconcileEnv,
  RETENTION: retention.optional(),
  ...loggingEnv,
  ...tracingEnv,
};

/** Reads the worker's configuration: at its start and in `config check`. @throws {ConfigError} with every error of every part */
export function readWorkerConfig(env: Env): WorkerConfig {
  const { own, redis, workspaces, routes, consents, sentCheck, warnings } = collectErrors({
    own: () => parseEnv(processEnv, env),
    redis: () => redisConfig(parseEnv(redisEnv, env)),
    workspaces: () => readWorkspaces(env),
    routes: () => readRoutes(env),
    consents: () => readConsents(env, readRoutes(env)),
    sentCheck: () => readSentCheck(env),
    warnings: () => configWarnings(env),
  });
  return {
    adminPort: own.WORKER_ADMIN_PORT,
    adminHost: own.ADMIN_HOST,
    logLevel: own.LOG_LEVEL,
    traces: own.OTEL_EXPORTER_OTLP_ENDPOINT !== undefined,
    logFormat: own.LOG_FORMAT,
    redis,
    workspaces,
    workspaceOf: readWorkspaceOf(env, workspaces),
    numbersOf: serviceNumbersOf(routes),
    ...(consents && { consents }),
    senderNameOf: senderNamesOf(routes),
    reconcile: reconcileConfig(own),
    retentionMs: own.RETENTION,
    sentCheck,
    hasBareNumbers: workspaces.some(({ phoneFormats }) => phoneFormats.some((format) => format !== 'e164')),
    keepsKeywords:
      consents !== undefined ||
      workspaces.some(({ evidenceAttributes, events }) => evidenceAttributes?.keyword ?? events),
    warnings: [...warnings, ...retentionWarnings(own.RETENTION, own.RECONCILE_PERIOD)],
  };
}
