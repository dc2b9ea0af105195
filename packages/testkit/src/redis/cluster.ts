import type { Redis } from 'ioredis';
import { freePort, tryPort, waitFor } from '@optout-sync/local-runtime/process';
import {
  localServer,
  portOf,
  privateRedis,
  queried,
  type ProvidedRedis,
} from '@optout-sync/local-runtime/redis';

const MASTERS = 3;
const SLOTS = 16_384;
/** The cluster bus: each node listens for the others on its port plus this. */
const BUS_OFFSET = 10_000;

/** A Redis Cluster of three masters without replicas, and the means to make it fail. */
export interface RedisCluster {
  readonly nodes: readonly { readonly host: string; readonly port: number }[];
  readonly servers: readonly ProvidedRedis[];
  /** The server that holds a key. */
  ownerOf(key: string): Promise<ProvidedRedis>;
  stop(): Promise<void>;
}

/**
 * Starts a cluster on 127.0.0.1, with append-only files. A node counts as failed after 1.5 s. No server outlives this
 * process.
 */
export async function startCluster(
  options: {
    readonly log?: (line: string) => void;
    readonly settings?: Readonly<Record<string, string>>;
  } = {},
): Promise<RedisCluster> {
  const { log = () => undefined, settings = {} } = options;
  const binary = await localServer(log);
  const servers: ProvidedRedis[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(servers.splice(0).map((server) => server.stop()));
  };
  const clusterSettings = {
    'cluster-enabled': 'yes',
    'cluster-announce-ip': '127.0.0.1',
    'cluster-node-timeout': '1500',
    ...settings,
  };
  try {
    for (let n = 0; n < MASTERS; n++) {
      servers.push(
        await privateRedis(binary, 'path', { log, settings: clusterSettings, anyPort: portWithBus }),
      );
    }
    const ports = servers.map(({ url }) => portOf(url));
    await join(ports);
    return {
      nodes: ports.map((port) => ({ host: '127.0.0.1', port })),
      servers: [...servers],
      async ownerOf(key) {
        const slot = await queried(ports[0] ?? 0, (redis) => redis.cluster('KEYSLOT', key));
        return servers[ownerOf(slot)] as ProvidedRedis;
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

const ownerOf = (slot: number): number => Math.floor((slot * MASTERS) / SLOTS);

/** Joins new nodes to one cluster, as `redis-cli --cluster create` does. */
async function join(ports: readonly number[]): Promise<void> {
  const slots = Array.from({ length: SLOTS }, (_, slot) => slot);
  for (const [n, port] of ports.entries()) {
    await queried(port, async (redis) => {
      await redis.cluster('SET-CONFIG-EPOCH', n + 1);
      await redis.cluster('ADDSLOTS', ...slots.filter((slot) => ownerOf(slot) === n));
      if (n > 0) await redis.cluster('MEET', '127.0.0.1', ports[0] ?? 0);
    });
  }
  await waitFor(async () => (await Promise.all(ports.map(isComplete))).every(Boolean), {
    what: 'the cluster to be formed',
    timeoutMs: 30_000,
  });
}

async function isComplete(port: number): Promise<boolean> {
  const info = await queried(port, (redis: Redis) => redis.cluster('INFO'));
  return info.includes('cluster_state:ok') && info.includes(`cluster_known_nodes:${MASTERS}`);
}

async function portWithBus(): Promise<number> {
  for (;;) {
    const port = await freePort();
    if (port + BUS_OFFSET <= 65_535 && (await tryPort(port + BUS_OFFSET, '127.0.0.1')) !== undefined)
      return port;
  }
}
