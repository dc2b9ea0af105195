import {
  collectErrors,
  loggingEnv,
  parseEnv,
  port,
  readRoutes,
  readWorkspaceOf,
  readWorkspaces,
  redisConfig,
  redisEnv,
  type Env,
  type RedisConfig,
  type WorkspaceConfig,
  type WorkspaceOf,
} from '@optout-sync/shared/config';

export interface WorkerConfig {
  readonly adminPort: number;
  readonly logLevel: string;
  readonly redis: RedisConfig;
  readonly workspaces: readonly WorkspaceConfig[];
  readonly workspaceOf: WorkspaceOf;
}

const processEnv = { WORKER_ADMIN_PORT: port.default(9102), ...loggingEnv };

/** Reads the worker's configuration. Throws a ConfigError with every mistake in it. */
export function readConfig(env: Env): WorkerConfig {
  const { own, redis, workspaces } = collectErrors({
    own: () => parseEnv(processEnv, env),
    redis: () => redisConfig(parseEnv(redisEnv, env)),
    workspaces: () => readWorkspaces(env),
    routes: () => readRoutes(env),
  });
  return {
    adminPort: own.WORKER_ADMIN_PORT,
    logLevel: own.LOG_LEVEL,
    redis,
    workspaces,
    workspaceOf: readWorkspaceOf(env, workspaces),
  };
}
