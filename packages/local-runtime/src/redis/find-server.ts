import { installedPrograms } from '../install/installed-programs';

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
export function findServer(log: (line: string) => void, path?: string): ServerBinary | undefined {
  const tooOld = new Set<string>();
  for (const [name, argv0] of CANDIDATES) {
    for (const found of installedPrograms(name, /server v=([\d.]+)/, { argv0, path })) {
      const { file } = found;
      const version = `${argv0} ${found.version}`;
      if (isNewEnough(found.version)) return { file, argv0, version };
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
