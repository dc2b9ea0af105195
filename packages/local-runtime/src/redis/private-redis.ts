import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makePrivateFolder } from '@optout-sync/shared/service';
import { onAnyPort } from '../process/on-any-port';
import type { ServerBinary } from './find-server';
import { PASSWORD_FILE, localUrl, readOrMakePassword } from './password-file';
import type { ProvidedRedis, RedisOptions, RedisProvider } from './provided-redis';
import { serverArguments, startServerProcess } from './server-process';

const STOP_MS = 10_000;

export interface PrivateRedisOptions extends RedisOptions {
  /** Settings of redis.conf that complement or replace the default ones. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Finds a port where none is given. */
  readonly anyPort?: () => Promise<number>;
}

/**
 * Starts a server of our own on 127.0.0.1, with an append-only file and without eviction. It uses neither the
 * configuration nor the data of a system-wide server.
 *
 * @throws {Error} with the server's last lines when it does not answer
 */
export async function privateRedis(
  server: ServerBinary,
  provider: RedisProvider,
  { log, onLog, dir, port, protect = false, settings = {}, anyPort }: PrivateRedisOptions,
): Promise<ProvidedRedis> {
  const scratch = dir === undefined ? await mkdtemp(join(tmpdir(), 'optout-sync-redis-')) : undefined;
  const home = dir ?? scratch ?? '';
  await makePrivateFolder(home);
  const password = protect ? await readOrMakePassword(home) : undefined;
  const passwordFile = password === undefined ? [] : [join(home, PASSWORD_FILE)];

  const launch = (on: number) => {
    const args = serverArguments({ bind: '127.0.0.1', port: String(on), dir: home, ...settings });
    return startServerProcess(server, on, [...passwordFile, ...args], { scratch, onLog, password });
  };
  let running = await onAnyPort(port, launch, anyPort).catch(async (error: unknown) => {
    if (scratch) await rm(scratch, { recursive: true, force: true });
    throw error;
  });
  const chosen = running.port;
  log(`redis: started ${server.version} on 127.0.0.1:${chosen}, data in ${home}`);

  return {
    url: localUrl(chosen, password),
    provider,
    get pid() {
      return running.process.pid;
    },
    get exited() {
      return running.process.exited;
    },
    logs: () => running.process.logs(),
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
