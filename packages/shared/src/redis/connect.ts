import { Cluster, Redis, type RedisOptions } from 'ioredis';
import type { RedisConfig } from '../config/redis-config';
import { reconnectOnFailover } from './reconnect-on-failover';

/**
 * What a connection is used for. Every role replaces a connection that is silent while commands are pending, such as after
 * the other end vanished: the operating system would wait for minutes.
 *
 * - `producer`: fails at once while Redis is unreachable and within 2 s while it hangs, so that a webhook can be answered.
 * - `worker`: for BullMQ; waits for Redis without limit.
 * - `store`: for reads and writes of a job; survives a reconnect and fails within 5 s, so that the job can be retried.
 */
export type ConnectionRole = 'producer' | 'worker' | 'store';

const ROLE_OPTIONS: Readonly<Record<ConnectionRole, RedisOptions>> = {
  producer: {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: 2_000,
    socketTimeout: 5_000,
  },
  // Longer than BullMQ's blocking reads (10 s).
  worker: { maxRetriesPerRequest: null, socketTimeout: 20_000 },
  store: { maxRetriesPerRequest: 3, commandTimeout: 5_000, socketTimeout: 6_000 },
};

const MAX_RECONNECT_DELAY_MS = 1_000;
/**
 * How long ioredis waits for a closed connection to end. It waits also where the other end was never reachable, so its
 * default of 2 s would delay the exit of every process.
 */
const DISCONNECT_MS = 100;
/** A frozen sentinel must not delay the search for the master: the other sentinels answer too. */
const SENTINEL_MS = 2_000;
/** A frozen node must not delay the discovery of the cluster's slots. */
const SLOTS_REFRESH_MS = 2_000;

/**
 * A master that became a replica answers READONLY. Only a new connection reaches the new master: through the sentinels, or
 * through a name that resolves to another address now.
 */
const isReadOnly = (error: Error): boolean => error.message.includes('READONLY');

/**
 * Opens a connection to Redis in any mode. It reconnects without limit.
 *
 * @param onError gets the error of every failed attempt; an `error` event without a listener would end the process
 */
export function connectRedis(
  config: RedisConfig,
  role: ConnectionRole,
  onError: (error: Error) => void,
): Redis | Cluster {
  const retryStrategy = (attempts: number): number => Math.min(50 * 2 ** attempts, MAX_RECONNECT_DELAY_MS);
  const options: RedisOptions = {
    ...ROLE_OPTIONS[role],
    retryStrategy,
    reconnectOnError: isReadOnly,
    connectTimeout: 5_000,
    disconnectTimeout: DISCONNECT_MS,
  };
  const redis = open(config, role, options, retryStrategy);
  redis.on('error', onError);
  return redis;
}

/**
 * Resolves once the connection is ready, without a time limit. BullMQ's queues must not be opened before: a queue whose
 * first contact fails never recovers.
 */
export async function untilReady(redis: Redis | Cluster): Promise<void> {
  if (redis.status !== 'ready') await new Promise<void>((resolve) => redis.once('ready', resolve));
}

function open(
  config: RedisConfig,
  role: ConnectionRole,
  options: RedisOptions,
  retryStrategy: (attempts: number) => number,
): Redis | Cluster {
  switch (config.mode) {
    case 'standalone':
      return new Redis(config.url, options);
    case 'sentinel':
      return openBySentinels(config, options);
    case 'cluster': {
      const { enableOfflineQueue, ...redisOptions } = options;
      return new Cluster([...config.nodes], {
        ...(enableOfflineQueue === undefined ? {} : { enableOfflineQueue }),
        // ioredis's `connect()` never settles when this check fails, such as while one master is unreachable. BullMQ would
        // wait for it without limit, also for a queue whose own master answers.
        enableReadyCheck: role !== 'worker',
        clusterRetryStrategy: retryStrategy,
        slotsRefreshTimeout: SLOTS_REFRESH_MS,
        redisOptions: { ...redisOptions, ...access(config.url) },
      });
    }
    default:
      return config satisfies never;
  }
}

function access(url: string | undefined): RedisOptions {
  if (!url) return {};
  const { username, password, protocol } = new URL(url);
  return {
    ...(username ? { username: decodeURIComponent(username) } : {}),
    ...(password ? { password: decodeURIComponent(password) } : {}),
    ...(protocol === 'rediss:' ? { tls: {} } : {}),
  };
}

function database(url: string | undefined): RedisOptions {
  const db = url && /^\/(\d+)$/.exec(new URL(url).pathname)?.[1];
  return db ? { db: Number(db) } : {};
}

type SentinelConfig = Extract<RedisConfig, { mode: 'sentinel' }>;

function openBySentinels(config: SentinelConfig, options: RedisOptions): Redis {
  const { url, name, nodes, sentinelUsername, sentinelPassword } = config;
  const tls = url?.startsWith('rediss:') ? {} : undefined;
  const redis = new Redis({
    ...options,
    ...access(url),
    ...database(url),
    sentinels: [...nodes],
    name,
    sentinelUsername,
    sentinelPassword,
    // In sentinel mode ioredis needs both options: the first for TLS to the master, the second for TLS to the sentinels.
    enableTLSForSentinelMode: tls !== undefined,
    sentinelTLS: tls,
    sentinelCommandTimeout: SENTINEL_MS,
  });
  const sentinels = nodes.map((node) => ({
    ...node,
    ...(sentinelUsername === undefined ? {} : { username: sentinelUsername }),
    ...(sentinelPassword === undefined ? {} : { password: sentinelPassword }),
    ...(tls && { tls }),
    disconnectTimeout: DISCONNECT_MS,
  }));
  reconnectOnFailover(redis, name, sentinels);
  return redis;
}

/** The prefix of the queues' keys. In a cluster it is a hash tag, since the keys of a queue must share a slot. */
export function queuePrefix(config: RedisConfig): string {
  return config.mode === 'cluster' ? `{${config.prefix}}` : config.prefix;
}
