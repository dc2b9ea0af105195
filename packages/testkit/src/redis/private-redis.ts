import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, inheritedEnv, OwnedProcess, waitFor } from '../process';
import type { ServerBinary } from './find-server';
import { serverPid } from './ping';
import type { ProvidedRedis, RedisOptions, RedisProvider } from './provided-redis';

const PORT_TRIES = 5;
const READY_MS = 30_000;
const STOP_MS = 10_000;

/**
 * Starts a server of our own on 127.0.0.1, with an append-only file and nothing evicted, free of the
 * system's configuration and data.
 *
 * @throws Error with the server's last lines when it does not come up.
 */
export async function privateRedis(
  server: ServerBinary,
  provider: RedisProvider,
  { log, dir, port }: RedisOptions,
): Promise<ProvidedRedis> {
  const scratch = dir === undefined ? await mkdtemp(join(tmpdir(), 'optout-sync-redis-')) : undefined;
  const home = dir ?? scratch ?? '';
  await mkdir(home, { recursive: true });

  const launch = (on: number) => startServer(server, on, home, scratch);
  let running = await onAnyPort(port, launch).catch(async (error: unknown) => {
    if (scratch) await rm(scratch, { recursive: true, force: true });
    throw error;
  });
  const chosen = running.port;
  log(`redis: started ${server.version} on 127.0.0.1:${chosen}, data in ${home}`);

  return {
    url: `redis://127.0.0.1:${chosen}`,
    provider,
    get pid() {
      return running.process.pid;
    },
    get exited() {
      return running.process.exited;
    },
    async stop() {
      await running.process.stop(STOP_MS);
      if (scratch) await rm(scratch, { recursive: true, force: true });
    },
    kill: (signal) => running.process.kill(signal),
    async restart() {
      await running.process.stop(STOP_MS);
      running = await launch(chosen);
    },
  };
}

interface Running {
  readonly process: OwnedProcess;
  readonly port: number;
}

/** A free port may be taken by the time the server binds it: then another is tried. */
async function onAnyPort(
  wanted: number | undefined,
  launch: (port: number) => Promise<Running>,
): Promise<Running> {
  for (let tries = 1; ; tries++) {
    try {
      return await launch(wanted ?? (await freePort()));
    } catch (error) {
      const taken = /Address already in use/i.test((error as Error).message);
      if (wanted !== undefined || !taken || tries === PORT_TRIES) throw error;
    }
  }
}

async function startServer(
  server: ServerBinary,
  port: number,
  dir: string,
  scratch: string | undefined,
): Promise<Running> {
  const settings = {
    bind: '127.0.0.1',
    port,
    dir,
    appendonly: 'yes',
    appendfsync: 'everysec',
    'maxmemory-policy': 'noeviction',
    save: '',
    daemonize: 'no',
  };
  const process = await OwnedProcess.start({
    command: server.file,
    argv0: server.argv0,
    args: Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]),
    env: inheritedEnv(),
    scratch,
  });
  try {
    await waitFor(() => isOurs(process, port), {
      what: `${server.argv0} on port ${port}`,
      timeoutMs: READY_MS,
      giveUp: () => process.ended !== undefined && 'it ended',
    });
  } catch (error) {
    await process.kill('SIGKILL');
    throw new Error(`${(error as Error).message}\n${process.logs().slice(-15).join('\n')}`, { cause: error });
  }
  return { process, port };
}

/** By its process id: while ours fails to bind the port, somebody else's server may answer on it. */
async function isOurs(process: OwnedProcess, port: number): Promise<boolean> {
  return (await serverPid(`redis://127.0.0.1:${port}`)) === process.pid;
}
