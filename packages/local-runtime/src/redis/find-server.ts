import { spawnSync } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { join } from 'node:path';
import { searchPath } from '../install/search-path';

/** A Redis server that can be run. */
export interface ServerBinary {
  readonly file: string;
  /** The process' name (argv[0]), which decides what the binary does. */
  readonly argv0: string;
  /** e.g. "redis-server 7.0.15". */
  readonly version: string;
}

/**
 * Debian's redis-tools and valkey-tools hold the server as *-check-rdb. The server packages add only a link by the server's
 * name, and a system daemon.
 */
const CANDIDATES = [
  ['redis-server', 'redis-server'],
  ['valkey-server', 'valkey-server'],
  ['redis-check-rdb', 'redis-server'],
  ['valkey-check-rdb', 'valkey-server'],
] as const;

/** The oldest version that BullMQ and our scripts work with. */
const LEAST = [6, 2] as const;

/**
 * Finds the first Redis or Valkey server on PATH, or in the folders of system daemons, that runs and is new enough.
 *
 * @param log gets one line for each version that is too old
 */
export async function findServer(
  log: (line: string) => void,
  path?: string,
): Promise<ServerBinary | undefined> {
  const folders = searchPath(path);
  const tooOld = new Set<string>();
  for (const [name, argv0] of CANDIDATES) {
    for (const folder of folders) {
      const file = join(folder, name);
      const number = await versionOf(file, argv0);
      if (number === undefined) continue;
      const version = `${argv0} ${number}`;
      if (isNewEnough(number)) return { file, argv0, version };
      if (!tooOld.has(version)) log(`redis: ${file} is ${version}, older than ${LEAST.join('.')}: not used`);
      tooOld.add(version);
    }
  }
  return undefined;
}

function isNewEnough(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > LEAST[0] || (major === LEAST[0] && minor >= LEAST[1]);
}

async function versionOf(file: string, argv0: string): Promise<string | undefined> {
  try {
    await access(file, constants.X_OK);
  } catch {
    return undefined;
  }
  const { stdout } = spawnSync(file, ['--version'], { argv0, timeout: 5_000, encoding: 'utf8' });
  return /server v=([\d.]+)/.exec(stdout)?.[1];
}
