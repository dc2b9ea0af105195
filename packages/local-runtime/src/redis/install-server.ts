import { spawn, spawnSync } from 'node:child_process';
import { inheritedEnv } from '../process/owned-process';
import { findServer, type ServerBinary } from './find-server';

interface PackageManager {
  readonly command: string;
  /** Arguments, run one after the other. None may start or enable a system service. */
  readonly steps: readonly (readonly string[])[];
  readonly asRoot: boolean;
}

// Another npm start may be installing it at the same time.
const WAIT_FOR_LOCK = ['-o', 'DPkg::Lock::Timeout=180'];

/**
 * Debian's and Ubuntu's redis-tools hold the server's binary without a daemon; the package redis-server would start and
 * enable one. The packages of the other systems leave the service disabled.
 */
const MANAGERS: readonly PackageManager[] = [
  {
    command: 'apt-get',
    asRoot: true,
    steps: [
      ['update', '-q', ...WAIT_FOR_LOCK],
      ['install', '-q', '-y', '--no-install-recommends', ...WAIT_FOR_LOCK, 'redis-tools'],
    ],
  },
  { command: 'dnf', asRoot: true, steps: [['install', '-y', 'redis']] },
  { command: 'apk', asRoot: true, steps: [['add', '--no-cache', 'redis']] },
  { command: 'pacman', asRoot: true, steps: [['-Sy', '--noconfirm', '--needed', 'redis']] },
  { command: 'brew', asRoot: false, steps: [['install', '--quiet', 'redis']] },
];

const STEP_TIMEOUT_MS = 5 * 60_000;

/**
 * Installs a Redis server with the system's package manager, if that is possible without a password: as root, or with
 * `sudo -n`.
 *
 * @returns the server, or undefined when it could not be installed; the reason is in the log
 */
export async function installServer(log: (line: string) => void): Promise<ServerBinary | undefined> {
  const manager = findManager();
  if (!manager) return undefined;
  const prefix = manager.asRoot ? rootPrefix() : [];
  if (!prefix) {
    log(`redis: not installed, and ${manager.command} would need a password`);
    return undefined;
  }
  log('redis: none found, so it is installed on this machine (--no-install refuses that):');
  const startedAt = performance.now();
  for (const step of manager.steps) {
    log(`redis:   ${[...prefix, manager.command, ...step].join(' ')}`);
    const failure = await run([...prefix, manager.command, ...step]);
    // A failed update does not prevent the installation: only one of several sources may be down.
    if (failure !== undefined) log(`redis: ${manager.command} ${step.join(' ')} failed: ${failure}`);
  }
  log(`redis: that took ${((performance.now() - startedAt) / 1_000).toFixed(1)} s`);
  return findServer(log);
}

/** Says, for `--no-install`, what `installServer` would do. */
export function refusedInstallation(): string {
  const manager = findManager();
  if (!manager) return '--no-install: nothing was installed.';
  const commands = manager.steps.map((step) => [manager.command, ...step].join(' '));
  return `--no-install: nothing was installed. Without it, npm start would run: ${commands.join('; ')}`;
}

function findManager(): PackageManager | undefined {
  return MANAGERS.find(({ command }) => answers(command, ['--version']));
}

/** What runs a command as root, or undefined when that needs a password. */
function rootPrefix(): string[] | undefined {
  if (process.getuid?.() === 0) return [];
  return answers('sudo', ['-n', 'true']) ? ['sudo', '-n'] : undefined;
}

function answers(command: string, args: readonly string[]): boolean {
  return spawnSync(command, args, { stdio: 'ignore', timeout: 10_000 }).status === 0;
}

/** @returns undefined on success, otherwise the last lines of the output */
function run([command = '', ...args]: readonly string[]): Promise<string | undefined> {
  return new Promise((resolve) => {
    const env = { ...inheritedEnv(), DEBIAN_FRONTEND: 'noninteractive', NONINTERACTIVE: '1' };
    const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'], timeout: STEP_TIMEOUT_MS });
    let output = '';
    const append = (chunk: Buffer) => (output = (output + chunk.toString()).slice(-2_000));
    child.stdout.on('data', append);
    child.stderr.on('data', append);
    child.on('error', (error) => resolve(error.message));
    child.on('close', (code) =>
      resolve(code === 0 ? undefined : output.trim().split('\n').slice(-5).join('\n')),
    );
  });
}

/**
 * Finds a server on this machine, or installs one.
 *
 * @throws {Error} when neither is possible
 */
export async function localServer(log: (line: string) => void): Promise<ServerBinary> {
  const server = (await findServer(log)) ?? (await installServer(log));
  if (!server)
    throw new Error('a group of Redis servers needs a redis-server or valkey-server on this machine');
  return server;
}
