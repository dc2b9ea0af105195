import { aptSteps, runInstallation, type Installation } from '../install/package-manager';
import { findServer, type ServerBinary } from './find-server';

/**
 * Debian's and Ubuntu's redis-tools hold the server's binary without a daemon; the package redis-server would start and
 * enable one. The packages of the other systems leave the service disabled.
 */
export const REDIS_INSTALLATIONS: readonly Installation[] = [
  { manager: 'apt-get', asRoot: true, steps: aptSteps('redis-tools') },
  { manager: 'dnf', asRoot: true, steps: [['dnf', 'install', '-y', 'redis']] },
  { manager: 'apk', asRoot: true, steps: [['apk', 'add', '--no-cache', 'redis']] },
  { manager: 'pacman', asRoot: true, steps: [['pacman', '-Sy', '--noconfirm', '--needed', 'redis']] },
  { manager: 'brew', asRoot: false, steps: [['brew', 'install', '--quiet', 'redis']] },
];

/**
 * Installs a Redis server, where that needs no password.
 *
 * @returns the server, or undefined when it could not be installed; the reason is in the log
 */
export async function installServer(log: (line: string) => void): Promise<ServerBinary | undefined> {
  return (await runInstallation('redis', REDIS_INSTALLATIONS, log)) ? findServer(log) : undefined;
}

/**
 * Finds a server on this machine, or installs one.
 *
 * @throws {Error} when neither is possible
 */
export async function localServer(log: (line: string) => void): Promise<ServerBinary> {
  const server = findServer(log) ?? (await installServer(log));
  if (!server)
    throw new Error('a group of Redis servers needs a redis-server or valkey-server on this machine');
  return server;
}
