import {
  collectErrors,
  loggingEnv,
  parseEnv,
  readBlockedSends,
  readForwardUrls,
  readKeywords,
  readRoutes,
  readTwilioAccounts,
  readWebhookTokens,
  readWorkspaces,
  reconcileConfig,
  reconcileEnv,
  redisConfig,
  redisEnv,
  type Env,
  type ReconcileConfig,
  type RedisConfig,
  type Routes,
  type TwilioAccount,
  type WorkspaceConfig,
  type WorkspaceTokens,
} from '@optout-sync/shared/config';
import type { BlockedSendSettings, KeywordSettings } from '@optout-sync/shared/domain';

/** Reads how Redis is reached. @throws {ConfigError} */
export function readConfig(env: Env): RedisConfig {
  return redisConfig(parseEnv(redisEnv, env));
}

/** The configuration that the services share. */
export interface SharedConfig {
  readonly redis: RedisConfig;
  readonly logLevel: string;
  readonly accounts: readonly TwilioAccount[];
  readonly workspaces: readonly WorkspaceConfig[];
  readonly webhookTokens: readonly WorkspaceTokens[];
  readonly reconcile: ReconcileConfig;
  readonly routes: Routes;
  readonly keywords: KeywordSettings;
  readonly blockedSends: BlockedSendSettings;
  readonly forwardUrls: readonly string[];
}

/** Reads the shared configuration as the services do. @throws {ConfigError} with every error of every part */
export function readSharedConfig(env: Env): SharedConfig {
  const { logging, ...config } = collectErrors({
    redis: () => readConfig(env),
    logging: () => parseEnv(loggingEnv, env),
    accounts: () => readTwilioAccounts(env),
    workspaces: () => readWorkspaces(env),
    webhookTokens: () => readWebhookTokens(env),
    reconcile: () => reconcileConfig(parseEnv(reconcileEnv, env)),
    routes: () => readRoutes(env),
    keywords: () => readKeywords(env),
    blockedSends: () => readBlockedSends(env),
    forwardUrls: () => readForwardUrls(env),
  });
  return { ...config, logLevel: logging.LOG_LEVEL };
}
