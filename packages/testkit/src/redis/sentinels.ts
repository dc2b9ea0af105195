import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Redis } from 'ioredis';
import { freePort, onAnyPort, waitFor } from '@optout-sync/local-runtime/process';
import {
  localServer,
  portOf,
  privateRedis,
  queried,
  startServerProcess,
  type ProvidedRedis,
  type RunningServer,
  type ServerBinary,
} from '@optout-sync/local-runtime/redis';
import { tlsSettings, type TlsFiles } from './tls';

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
    /** With it, `nodes` are TLS ports, and so are those that the sentinels name. */
    readonly tls?: TlsFiles;
  } = {},
): Promise<RedisSentinels> {
  const { log = () => undefined, settings = {}, tls } = options;
  const binary = await localServer(log);
  const stoppers: (() => Promise<unknown>)[] = [];
  const stop = async (): Promise<void> => {
    // The sentinels first, so that they do not fail over from servers that we stop.
    for (const release of stoppers.splice(0).reverse()) await release();
  };
  try {
    const group = await startServers(binary, { log, settings, tls }, (server) =>
      stoppers.push(() => server.stop()),
    );
    const servers = group.map(({ server }) => server);
    const inStep = (replicas = REPLICAS) => untilInStep(() => master(), replicas);
    const [first] = group as [GroupServer];
    await untilInStep(() => Promise.resolve(first.server), REPLICAS);

    const sentinels: (RunningServer & { readonly publicPort: number })[] = [];
    for (let n = 0; n < SENTINELS; n++) {
      const { running, scratch, publicPort } = await startSentinel(binary, first.publicPort, tls);
      stoppers.push(async () => {
        await running.process.stop(STOP_MS);
        await rm(scratch, { recursive: true, force: true });
      });
      sentinels.push({ ...running, publicPort });
    }
    const master = async (): Promise<ProvidedRedis> => {
      const alive = sentinels.filter(({ process }) => process.ended === undefined);
      const ports = await Promise.all(alive.map(({ port }) => masterPort(port)));
      const master = group.find(({ publicPort }) => ports.every((port) => port === publicPort))?.server;
      if (!master) throw new Error(`the sentinels name different masters: ${ports.join(', ')}`);
      return master;
    };
    await Promise.all(sentinels.map(({ port }) => untilComplete(port)));
    return {
      nodes: sentinels.map(({ publicPort: port }) => ({ host: '127.0.0.1', port })),
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

interface GroupServer {
  readonly server: ProvidedRedis;
  /** The port that sentinels and services use: with TLS, where it is set. */
  readonly publicPort: number;
}

/** Starts a master and its replicas. `started` is called for each of them, also when a later one fails to start. */
async function startServers(
  binary: ServerBinary,
  {
    log,
    settings,
    tls,
  }: {
    readonly log: (line: string) => void;
    readonly settings: Readonly<Record<string, string>>;
    readonly tls: TlsFiles | undefined;
  },
  started: (server: ProvidedRedis) => void,
): Promise<GroupServer[]> {
  const group: GroupServer[] = [];
  for (let n = 0; n <= REPLICAS; n++) {
    const [first] = group;
    const replicaof = first ? `127.0.0.1 ${first.publicPort}` : 'no one';
    const tlsPort = tls && (await freePort());
    const server = await privateRedis(binary, 'path', {
      log,
      settings: {
        'repl-diskless-sync-delay': '0',
        replicaof,
        ...(tls && tlsPort && tlsSettings(tls, tlsPort)),
        ...settings,
      },
    });
    started(server);
    group.push({ server, publicPort: tlsPort ?? portOf(server.url) });
  }
  return group;
}

async function startSentinel(
  binary: ServerBinary,
  monitored: number,
  tls: TlsFiles | undefined,
): Promise<{ running: RunningServer; scratch: string; publicPort: number }> {
  const scratch = await mkdtemp(join(tmpdir(), 'optout-sync-sentinel-'));
  const file = join(scratch, 'sentinel.conf');
  const tlsPort = tls && (await freePort());
  const running = await onAnyPort(undefined, async (port) => {
    // A sentinel needs its own file: it stores its state in it.
    const lines = [
      'bind 127.0.0.1',
      `port ${port}`,
      `dir ${scratch}`,
      ...(tls && tlsPort ? Object.entries(tlsSettings(tls, tlsPort)).map((line) => line.join(' ')) : []),
      `sentinel monitor ${NAME} 127.0.0.1 ${monitored} 2`,
      `sentinel down-after-milliseconds ${NAME} 1500`,
      `sentinel failover-timeout ${NAME} 5000`,
      `sentinel parallel-syncs ${NAME} ${REPLICAS}`,
    ];
    await writeFile(file, `${lines.join('\n')}\n`);
    return startServerProcess(binary, port, [file, '--sentinel'], { scratch });
  });
  return { running, scratch, publicPort: tlsPort ?? running.port };
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
