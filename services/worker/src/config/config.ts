import {
  collectErrors,
  defaultOf,
  host,
  loggingEnv,
  parseEnv,
  port,
  readRoutes,
  readWorkspaceOf,
  readWorkspaces,
  reconcileConfig,
  reconcileEnv,
  redisConfig,
  redisEnv,
  type Env,
  type ReconcileConfig,
  type RedisConfig,
  type WorkspaceConfig,
  serviceNumbersOf,
  type WorkspaceOf,
} from '@optout-sync/shared/config';

export interface WorkerConfig {
  readonly adminPort: number;
  readonly adminHost: string;
  readonly logLevel: string;
  readonly redis: RedisConfig;
  readonly workspaces: readonly WorkspaceConfig[];
  readonly workspaceOf: WorkspaceOf;
  /** The configured numbers of a Messaging Service. */
  readonly numbersOf: (service: string) => readonly string[];
  readonly reconcile: ReconcileConfig;
}

const processEnv = {
  WORKER_ADMIN_PORT: port.prefault(defaultOf('WORKER_ADMIN_PORT')),
  ADMIN_HOST: host.prefault(defaultOf('ADMIN_HOST')),
  ...reconcileEnv,
  ...loggingEnv,
};

/** Reads the worker's configuration. @throws {ConfigError} with every error of every part */
export function readConfig(env: Env): WorkerConfig {
  const { own, redis, workspaces, routes } = collectErrors({
    own: () => parseEnv(processEnv, env),
    redis: () => redisConfig(parseEnv(redisEnv, env)),
    workspaces: () => readWorkspaces(env),
    routes: () => readRoutes(env),
  });
  return {
    adminPort: own.WORKER_ADMIN_PORT,
    adminHost: own.ADMIN_HOST,
    logLevel: own.LOG_LEVEL,
    redis,
    workspaces,
    workspaceOf: readWorkspaceOf(env, workspaces),
    numbersOf: serviceNumbersOf(routes),
    reconcile: reconcileConfig(own),
  };
}
