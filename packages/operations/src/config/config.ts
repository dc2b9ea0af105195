import {
  collectErrors,
  loggingEnv,
  parseEnv,
  readForwardUrls,
  readKeywords,
  readRoutes,
  readTwilioAccounts,
  readWorkspaces,
  redisConfig,
  redisEnv,
  type Env,
  type RedisConfig,
  type Routes,
  type TwilioAccount,
  type WorkspaceConfig,
} from '@optout-sync/shared/config';
import type { KeywordConfig } from '@optout-sync/shared/domain';

/** Where the CLI finds Redis. Throws a ConfigError. */
export function readConfig(env: Env): RedisConfig {
  return redisConfig(parseEnv(redisEnv, env));
}

/** All that services share of their configuration. */
export interface SharedConfig {
  readonly redis: RedisConfig;
  readonly logLevel: string;
  readonly accounts: readonly TwilioAccount[];
  readonly workspaces: readonly WorkspaceConfig[];
  readonly routes: Routes;
  readonly keywords: KeywordConfig;
  readonly forwardUrls: readonly string[];
}

/** Reads it as the services do. Throws a ConfigError with every mistake of every part. */
export function readSharedConfig(env: Env): SharedConfig {
  const { logging, ...config } = collectErrors({
    redis: () => readConfig(env),
    logging: () => parseEnv(loggingEnv, env),
    accounts: () => readTwilioAccounts(env),
    workspaces: () => readWorkspaces(env),
    routes: () => readRoutes(env),
    keywords: () => readKeywords(env),
    forwardUrls: () => readForwardUrls(env),
  });
  return { ...config, logLevel: logging.LOG_LEVEL };
}
