import { Cluster, Redis, type RedisOptions } from 'ioredis';
import type { RedisConfig } from '../config/redis-config';
import { reconnectOnFailover } from './reconnect-on-failover';

/**
 * What a connection is for. All give a connection up that has gone silent with commands under way, as when the other end
 * vanished, and open a new one: the system would wait for minutes.
 * `producer`: fails at once when Redis is away, within 2 s when it hangs, so that a webhook can be answered.
 * `worker`: BullMQ's own; waits for Redis for as long as it takes.
 * `store`: reads and writes beside a job; rides out a reconnect, fails within 5 s so that the job can be retried.
 */
export type ConnectionRole = 'producer' | 'worker' | 'store';

const ROLE_OPTIONS: Readonly<Record<ConnectionRole, RedisOptions>> = {
  producer: {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: 2_000,
    socketTimeout: 5_000,
  },
  // Longer than BullMQ's blocking reads, 10 s.
  worker: { maxRetriesPerRequest: null, socketTimeout: 20_000 },
  store: { maxRetriesPerRequest: 3, commandTimeout: 5_000, socketTimeout: 6_000 },
};

const MAX_RECONNECT_DELAY_MS = 1_000;
/**
 * How long a connection that is closed may take to end by itself. ioredis waits this long also where the other end was
 * never there or is gone already, and would keep a process that is done alive for its default of 2 s.
 */
const DISCONNECT_MS = 100;
/** A sentinel that is frozen must not hold up the search for the master: the others know it too. */
const SENTINEL_MS = 2_000;
/** A node that is frozen must not hold up the search for who has which slots. */
const SLOTS_REFRESH_MS = 2_000;

/**
 * A master that became a replica under our connection says so, and only a new connection leads to the new master: through
 * the sentinels, or by a name that points elsewhere by now.
 */
const leadsToNoMaster = (error: Error): boolean => error.message.includes('READONLY');

/**
 * Opens a connection to Redis in any mode. It reconnects by itself for ever; `onError` hears of every failed try
 * (without it an error event would end the process).
 */
export function connectRedis(
  config: RedisConfig,
  role: ConnectionRole,
  onError: (error: Error) => void,
): Redis | Cluster {
  const retryStrategy = (tries: number): number => Math.min(50 * 2 ** tries, MAX_RECONNECT_DELAY_MS);
  const options: RedisOptions = {
    ...ROLE_OPTIONS[role],
    retryStrategy,
    reconnectOnError: leadsToNoMaster,
    connectTimeout: 5_000,
    disconnectTimeout: DISCONNECT_MS,
  };
  const redis = open(config, role, options, retryStrategy);
  redis.on('error', onError);
  return redis;
}

/**
 * Resolves once the connection can be used, whatever time that takes. BullMQ's queues must not be opened before: one
 * whose first contact fails stays broken for ever.
 */
export async function untilReady(redis: Redis | Cluster): Promise<void> {
  if (redis.status !== 'ready') await new Promise<void>((resolve) => redis.once('ready', resolve));
}

function open(
  config: RedisConfig,
  role: ConnectionRole,
  options: RedisOptions,
  retryStrategy: (tries: number) => number,
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
        // ioredis's `connect()` never settles when this check fails, as while a master is away, and BullMQ would wait for it
        // without end: a queue whose own master is well would be left alone.
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
    // ioredis speaks TLS to the master only when told to for sentinels' sake, and to the sentinels only by this.
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

/** The prefix of all keys of one queue; in a cluster they must share a slot. */
export function queuePrefix(config: RedisConfig): string {
  return config.mode === 'cluster' ? `{${config.prefix}}` : config.prefix;
}
