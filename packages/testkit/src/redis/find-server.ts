import { spawnSync } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

/** A Redis server that can be run: the file, and the name to call it by. */
export interface ServerBinary {
  readonly file: string;
  /** What the process is named (argv[0]): it decides what the binary does. */
  readonly argv0: string;
  /** e.g. "redis-server 7.0.15". */
  readonly version: string;
}

/**
 * Debian's redis-tools and valkey-tools hold the server as *-check-rdb: the server packages add no
 * more than a link by the server's name, and a system daemon.
 */
const CANDIDATES = [
  ['redis-server', 'redis-server'],
  ['valkey-server', 'valkey-server'],
  ['redis-check-rdb', 'redis-server'],
  ['valkey-check-rdb', 'valkey-server'],
] as const;

/** The first Redis or Valkey server on PATH (or where system daemons live) that really runs. */
export async function findServer(path = process.env.PATH ?? ''): Promise<ServerBinary | undefined> {
  // A plain user's PATH often lacks the sbin folders.
  const folders = [...path.split(delimiter), '/usr/sbin', '/usr/local/sbin', '/opt/homebrew/bin'].filter(
    Boolean,
  );
  for (const [name, argv0] of CANDIDATES) {
    for (const folder of folders) {
      const file = join(folder, name);
      const version = await versionOf(file, argv0);
      if (version) return { file, argv0, version };
    }
  }
  return undefined;
}

async function versionOf(file: string, argv0: string): Promise<string | undefined> {
  try {
    await access(file, constants.X_OK);
  } catch {
    return undefined;
  }
  const { stdout } = spawnSync(file, ['--version'], { argv0, timeout: 5_000, encoding: 'utf8' });
  const version = /server v=([\d.]+)/.exec(stdout)?.[1];
  return version && `${argv0} ${version}`;
}
