import {
  baseUrl,
  defaultOf,
  differentPorts,
  host,
  loggingEnv,
  parseEnv,
  port,
  redisEnv,
  type Env,
} from '@optout-sync/shared/config';
import { z } from 'zod';
import { reachableHost } from './addresses';

/** A port to listen on. */
export interface WantedPort {
  readonly variable: string;
  readonly port: number;
  /** False for the variable's default. */
  readonly configured: boolean;
}

export interface LauncherConfig {
  readonly ports: Readonly<
    Record<'webhook' | 'ingestAdmin' | 'workerAdmin' | 'console' | 'consoleAdmin', WantedPort>
  >;
  /** Where the ports can be reached from this machine. */
  readonly hosts: { readonly webhook: string; readonly admin: string; readonly console: string };
  /** Whether the console runs too: only where it is configured who may use it. */
  readonly hasConsole: boolean;
  /** The base URL that Twilio calls; undefined where it is not set, or not valid, which ingest reports. */
  readonly publicUrl: string | undefined;
  /** A Redis to use instead of one of our own. */
  readonly redisUrl: string | undefined;
  readonly redisMode: 'standalone' | 'sentinel' | 'cluster';
  readonly prefix: string;
  readonly logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';
}

/**
 * Reads what the launcher itself needs.
 *
 * @throws {ConfigError} with all errors in it
 */
export function readLauncherConfig(env: Env): LauncherConfig {
  const read = parseEnv(
    {
      INGEST_PORT: port.optional(),
      INGEST_ADMIN_PORT: port.optional(),
      WORKER_ADMIN_PORT: port.optional(),
      CONSOLE_PORT: port.optional(),
      CONSOLE_ADMIN_PORT: port.optional(),
      CONSOLE_HOST: host.prefault(defaultOf('CONSOLE_HOST')),
      CONSOLE_AUTH: z.string().optional(),
      INGEST_HOST: host.optional(),
      ADMIN_HOST: host.prefault(defaultOf('ADMIN_HOST')),
      PUBLIC_URL: baseUrl.optional().catch(undefined),
      ...redisEnv,
      ...loggingEnv,
    },
    env,
  );
  const wanted = (
    variable:
      'INGEST_PORT' | 'INGEST_ADMIN_PORT' | 'WORKER_ADMIN_PORT' | 'CONSOLE_PORT' | 'CONSOLE_ADMIN_PORT',
  ): WantedPort => ({
    variable,
    port: read[variable] ?? Number(defaultOf(variable)),
    configured: read[variable] !== undefined,
  });
  const ports = {
    webhook: wanted('INGEST_PORT'),
    ingestAdmin: wanted('INGEST_ADMIN_PORT'),
    workerAdmin: wanted('WORKER_ADMIN_PORT'),
    console: wanted('CONSOLE_PORT'),
    consoleAdmin: wanted('CONSOLE_ADMIN_PORT'),
  };
  differentPorts(Object.fromEntries(Object.values(ports).map(({ variable, port }) => [variable, port])));
  return {
    ports,
    hosts: {
      webhook: reachableHost(read.INGEST_HOST),
      admin: reachableHost(read.ADMIN_HOST),
      console: reachableHost(read.CONSOLE_HOST),
    },
    hasConsole: read.CONSOLE_AUTH !== undefined,
    publicUrl: read.PUBLIC_URL,
    redisUrl: read.REDIS_URL,
    redisMode: read.REDIS_MODE,
    prefix: read.QUEUE_PREFIX,
    logLevel: read.LOG_LEVEL,
  };
}
