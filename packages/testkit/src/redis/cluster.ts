import type { Redis } from 'ioredis';
import { freePort, tryPort, waitFor } from '@optout-sync/local-runtime/process';
import {
  localServer,
  portOf,
  privateRedis,
  queried,
  type ProvidedRedis,
} from '@optout-sync/local-runtime/redis';
import { tlsSettings, type TlsFiles } from './tls';

const MASTERS = 3;
const SLOTS = 16_384;
/** The cluster bus: each node listens for the others on its port plus this. */
const BUS_OFFSET = 10_000;

/** A Redis Cluster of three masters, each with a replica if wanted, and the means to make it fail. */
export interface RedisCluster {
  readonly nodes: readonly { readonly host: string; readonly port: number }[];
  /** The first three are the masters at the start; their replicas follow, in the same order. */
  readonly servers: readonly ProvidedRedis[];
  /** The master at the start that holds a key. */
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
    /** Whether each master has a replica. */
    readonly replicas?: boolean;
    /** With it, `nodes` are TLS ports, and so are those that the cluster names to who asks by TLS. */
    readonly tls?: TlsFiles;
  } = {},
): Promise<RedisCluster> {
  const { log = () => undefined, settings = {}, replicas = false, tls } = options;
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
    const publicPorts: number[] = [];
    for (let n = 0; n < (replicas ? 2 : 1) * MASTERS; n++) {
      const tlsPort = tls && (await portWithBus());
      const more = tls && tlsPort ? { 'tls-cluster': 'yes', ...tlsSettings(tls, tlsPort) } : {};
      const options = { log, settings: { ...clusterSettings, ...more }, anyPort: portWithBus };
      const server = await privateRedis(binary, 'path', options);
      servers.push(server);
      publicPorts.push(tlsPort ?? portOf(server.url));
    }
    const ports = servers.map(({ url }) => portOf(url));
    await join(ports, publicPorts);
    return {
      nodes: publicPorts.map((port) => ({ host: '127.0.0.1', port })),
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

/** Joins new nodes to one cluster, as `redis-cli --cluster create` does. The masters come first. */
async function join(ports: readonly number[], publicPorts: readonly number[]): Promise<void> {
  const slots = Array.from({ length: SLOTS }, (_, slot) => slot);
  for (const [n, port] of ports.entries()) {
    await queried(port, async (redis) => {
      await redis.cluster('SET-CONFIG-EPOCH', n + 1);
      if (n < MASTERS) await redis.cluster('ADDSLOTS', ...slots.filter((slot) => ownerOf(slot) === n));
      if (n > 0) await redis.cluster('MEET', '127.0.0.1', publicPorts[0] ?? 0);
    });
  }
  const everywhere = async (holds: (port: number) => Promise<boolean>, what: string): Promise<void> => {
    const all = async (): Promise<boolean> => (await Promise.all(ports.map(holds))).every(Boolean);
    await waitFor(all, { what, timeoutMs: 30_000 });
  };
  await everywhere((port) => isComplete(port, ports.length), 'the cluster to be formed');
  for (const [n, port] of ports.entries()) {
    if (n < MASTERS) continue;
    const master = await queried(ports[n - MASTERS] ?? 0, (redis) => redis.cluster('MYID'));
    await queried(port, (redis) => redis.cluster('REPLICATE', master));
  }
  const inStep = async (port: number): Promise<boolean> =>
    /role:master|master_link_status:up/.test(await queried(port, (redis) => redis.info('replication')));
  await everywhere(inStep, 'the replicas to be in step');
}

async function isComplete(port: number, nodes: number): Promise<boolean> {
  const info = await queried(port, (redis: Redis) => redis.cluster('INFO'));
  return info.includes('cluster_state:ok') && info.includes(`cluster_known_nodes:${nodes}`);
}

async function portWithBus(): Promise<number> {
  for (;;) {
    const port = await freePort();
    if (port + BUS_OFFSET <= 65_535 && (await tryPort(port + BUS_OFFSET, '127.0.0.1')) !== undefined)
      return port;
  }
}
