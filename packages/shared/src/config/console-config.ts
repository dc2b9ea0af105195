import { z } from 'zod';
import { collectErrors } from './collect-errors';
import { configWarnings } from './config-warnings';
import { readConsoleAuth, type ConsoleAuth } from './console-auth';
import { differentPorts } from './different-ports';
import { baseUrl, host, integer, loggingEnv, port } from './fields';
import { MUST_BE_HTTPS, isLoopback, mayBeCalled } from './insecure-http';
import { readRoutes, readWorkspaces, type Routes } from './optout-config';
import { ConfigError, parseEnv, type Env } from './parse-env';
import { redisConfig, redisEnv, type RedisConfig } from './redis-config';
import { defaultOf } from './variables';
import type { WorkspaceConfig } from './workspace-config';

/** The configuration of the console. */
export interface ConsoleConfig {
  readonly port: number;
  readonly host: string;
  /** Where browsers open it; undefined where it is this machine only. */
  readonly url: string | undefined;
  readonly adminPort: number;
  readonly adminHost: string;
  readonly auth: ConsoleAuth;
  /** Of each token of the API. */
  readonly apiRequestsPerSecond: number;
  readonly redis: RedisConfig;
  readonly workspaces: readonly WorkspaceConfig[];
  readonly routes: Routes;
  readonly logLevel: string;
  readonly logFormat: 'json' | 'pretty';
  /** Whether a workspace stores phone numbers without a plus. */
  readonly hasBareNumbers: boolean;
  readonly warnings: readonly string[];
}

/** Reads the console's configuration. @throws {ConfigError} with every error of every part */
export function readConsoleConfig(env: Env): ConsoleConfig {
  const { own, reach, auth, redis, workspaces, routes, warnings } = collectErrors({
    own: () => readOwn(env),
    reach: () => readReach(env),
    auth: () => readConsoleAuth(env),
    redis: () => redisConfig(parseEnv(redisEnv, env)),
    workspaces: () => readWorkspaces(env),
    routes: () => readRoutes(env),
    warnings: () => configWarnings(env),
  });
  return {
    port: own.CONSOLE_PORT,
    host: reach.CONSOLE_HOST,
    url: reach.CONSOLE_URL,
    adminPort: own.CONSOLE_ADMIN_PORT,
    adminHost: own.ADMIN_HOST,
    auth,
    apiRequestsPerSecond: own.CONSOLE_API_RPS,
    redis,
    workspaces,
    routes,
    logLevel: own.LOG_LEVEL,
    logFormat: own.LOG_FORMAT,
    hasBareNumbers: workspaces.some(({ phoneFormats }) => phoneFormats.some((format) => format !== 'e164')),
    warnings,
  };
}

function readOwn(env: Env) {
  const own = parseEnv(
    {
      CONSOLE_PORT: port.prefault(defaultOf('CONSOLE_PORT')),
      CONSOLE_ADMIN_PORT: port.prefault(defaultOf('CONSOLE_ADMIN_PORT')),
      ADMIN_HOST: host.prefault(defaultOf('ADMIN_HOST')),
      CONSOLE_API_RPS: integer(10, 100_000).prefault(defaultOf('CONSOLE_API_RPS')),
      ...loggingEnv,
    },
    env,
  );
  differentPorts({ CONSOLE_PORT: own.CONSOLE_PORT, CONSOLE_ADMIN_PORT: own.CONSOLE_ADMIN_PORT });
  return own;
}

/** Who reaches it: never others than those of this machine without a log-in. */
function readReach(env: Env) {
  const url = baseUrl.refine((text) => !URL.canParse(text) || isOrigin(text), MUST_BE_ORIGIN);
  const reach = parseEnv(
    {
      CONSOLE_HOST: host.prefault(defaultOf('CONSOLE_HOST')),
      CONSOLE_URL: url.refine(mayBeCalled(env), MUST_BE_HTTPS).optional(),
      CONSOLE_AUTH: z.string().optional(),
    },
    env,
  );
  const listensHere = isLoopback(reach.CONSOLE_HOST) || reach.CONSOLE_HOST === '::1';
  const errors = [
    ...(!listensHere && reach.CONSOLE_AUTH === 'none'
      ? ['CONSOLE_AUTH: none is accepted only where CONSOLE_HOST is this machine, such as 127.0.0.1']
      : []),
    ...(reach.CONSOLE_AUTH === 'none' && reach.CONSOLE_URL !== undefined
      ? ['CONSOLE_AUTH: none is accepted only without CONSOLE_URL, which lets others in']
      : []),
    ...(!listensHere && reach.CONSOLE_URL === undefined
      ? [
          'CONSOLE_URL is required where CONSOLE_HOST is not this machine: forms of other sites are told by it',
        ]
      : []),
  ];
  if (errors.length > 0) throw new ConfigError(errors);
  return reach;
}

const MUST_BE_ORIGIN = 'must be a URL without a path, a query or a user';
const isOrigin = (text: string): boolean => new URL(text).href === `${new URL(text).origin}/`;
