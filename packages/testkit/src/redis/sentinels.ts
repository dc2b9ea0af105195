import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Redis } from 'ioredis';
import { waitFor } from '@optout-sync/local-runtime/process';
import {
  localServer,
  onAnyPort,
  portOf,
  privateRedis,
  queried,
  startServerProcess,
  type ProvidedRedis,
  type RunningServer,
  type ServerBinary,
} from '@optout-sync/local-runtime/redis';

const NAME = 'optout';
const REPLICAS = 2;
const SENTINELS = 3;
const STOP_MS = 10_000;

/** A master with two replicas and three sentinels, and the means to make them fail. */
export interface RedisSentinels {
  /** The addresses of the sentinels. */
  readonly nodes: readonly { readonly host: string; readonly port: number }[];
  /** The sentinels' name for the master. */
  readonly name: string;
  /** The first was the master at the start. */
  readonly servers: readonly ProvidedRedis[];
  /** The sentinels' processes, for signals. */
  readonly sentinels: readonly Pick<ProvidedRedis, 'kill'>[];
  /**
   * The server that all running sentinels name as the current master.
   *
   * @throws {Error} while they do not agree
   */
  master(): Promise<ProvidedRedis>;
  /** Disconnects the master's replicas: until they reconnect, its writes are not replicated. */
  cutReplicas(master: ProvidedRedis): Promise<void>;
  /** Changes a setting of all servers, as CONFIG SET does. */
  configure(name: string, value: string): Promise<void>;
  /** Resolves when the master has `replicas` (default: two) with a lag of at most 1 s. */
  inStep(replicas?: number): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts servers and sentinels on 127.0.0.1, with append-only files. The sentinels fail over after 1.5 s without a response
 * of the master. No server outlives this process.
 */
export async function startSentinels(
  options: {
    readonly log?: (line: string) => void;
    readonly settings?: Readonly<Record<string, string>>;
  } = {},
): Promise<RedisSentinels> {
  const { log = () => undefined, settings = {} } = options;
  const binary = await localServer(log);
  const stoppers: (() => Promise<unknown>)[] = [];
  const stop = async (): Promise<void> => {
    // The sentinels first, so that they do not fail over from servers that we stop.
    for (const release of stoppers.splice(0).reverse()) await release();
  };
  try {
    const servers = await startServers(binary, { log, settings }, (server) =>
      stoppers.push(() => server.stop()),
    );
    const inStep = (replicas = REPLICAS) => untilInStep(() => master(), replicas);
    const [first] = servers as [ProvidedRedis];
    await untilInStep(() => Promise.resolve(first), REPLICAS);

    const sentinels: RunningServer[] = [];
    for (let n = 0; n < SENTINELS; n++) {
      const { running, scratch } = await startSentinel(binary, portOf(first.url));
      stoppers.push(async () => {
        await running.process.stop(STOP_MS);
        await rm(scratch, { recursive: true, force: true });
      });
      sentinels.push(running);
    }
    const master = async (): Promise<ProvidedRedis> => {
      const alive = sentinels.filter(({ process }) => process.ended === undefined);
      const ports = await Promise.all(alive.map(({ port }) => masterPort(port)));
      const master = servers.find(({ url }) => ports.every((port) => port === portOf(url)));
      if (!master) throw new Error(`the sentinels name different masters: ${ports.join(', ')}`);
      return master;
    };
    await Promise.all(sentinels.map(({ port }) => untilComplete(port)));
    return {
      nodes: sentinels.map(({ port }) => ({ host: '127.0.0.1', port })),
      name: NAME,
      servers,
      sentinels: sentinels.map(({ process }) => ({ kill: (signal) => process.kill(signal) })),
      master,
      async cutReplicas({ url }) {
        await queried(portOf(url), (redis) => redis.call('CLIENT', 'KILL', 'TYPE', 'replica'));
      },
      async configure(name, value) {
        for (const { url } of servers)
          await queried(portOf(url), (redis) => redis.config('SET', name, value));
      },
      inStep,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Starts a master and its replicas. `started` is called for each of them, also when a later one fails to start. */
async function startServers(
  binary: ServerBinary,
  {
    log,
    settings,
  }: { readonly log: (line: string) => void; readonly settings: Readonly<Record<string, string>> },
  started: (server: ProvidedRedis) => void,
): Promise<ProvidedRedis[]> {
  const servers: ProvidedRedis[] = [];
  for (let n = 0; n <= REPLICAS; n++) {
    const [first] = servers;
    const replicaof = first ? `127.0.0.1 ${portOf(first.url)}` : 'no one';
    const replication = { 'repl-diskless-sync-delay': '0', replicaof };
    const server = await privateRedis(binary, 'path', { log, settings: { ...replication, ...settings } });
    started(server);
    servers.push(server);
  }
  return servers;
}

async function startSentinel(
  binary: ServerBinary,
  monitored: number,
): Promise<{ running: RunningServer; scratch: string }> {
  const scratch = await mkdtemp(join(tmpdir(), 'optout-sync-sentinel-'));
  const file = join(scratch, 'sentinel.conf');
  const running = await onAnyPort(undefined, async (port) => {
    // A sentinel needs its own file: it stores its state in it.
    const lines = [
      'bind 127.0.0.1',
      `port ${port}`,
      `dir ${scratch}`,
      `sentinel monitor ${NAME} 127.0.0.1 ${monitored} 2`,
      `sentinel down-after-milliseconds ${NAME} 1500`,
      `sentinel failover-timeout ${NAME} 5000`,
      `sentinel parallel-syncs ${NAME} ${REPLICAS}`,
    ];
    await writeFile(file, `${lines.join('\n')}\n`);
    return startServerProcess(binary, port, [file, '--sentinel'], { scratch });
  });
  return { running, scratch };
}

async function masterPort(sentinel: number): Promise<number> {
  const address = await queried(sentinel, (redis) => redis.call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', NAME));
  return Number((address as string[])[1]);
}

/** A sentinel takes part in a failover once it knows all others and all replicas. */
function untilComplete(sentinel: number): Promise<true> {
  return waitFor(
    async () => {
      const fields = (await queried(sentinel, (redis) => redis.call('SENTINEL', 'MASTER', NAME))) as string[];
      const of = (field: string) => Number(fields[fields.indexOf(field) + 1]);
      return of('num-slaves') === REPLICAS && of('num-other-sentinels') === SENTINELS - 1;
    },
    { what: 'the sentinels to know each other', timeoutMs: 30_000 },
  );
}

async function untilInStep(master: () => Promise<ProvidedRedis>, replicas: number): Promise<void> {
  await waitFor(
    async () => {
      const info = await queried(portOf((await master()).url), (redis: Redis) => redis.info('replication'));
      return (
        info.includes('role:master') &&
        (info.match(/state=online,offset=\d+,lag=[01]/g) ?? []).length >= replicas
      );
    },
    { what: `${replicas} replicas in step`, timeoutMs: 60_000, everyMs: 50 },
  );
}
