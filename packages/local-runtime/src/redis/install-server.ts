import { spawn, spawnSync } from 'node:child_process';
import { inheritedEnv } from '../process/owned-process';
import { findServer, type ServerBinary } from './find-server';

interface PackageManager {
  readonly command: string;
  /** Run one after the other; nothing here may start or enable a system service. */
  readonly steps: readonly (readonly string[])[];
  readonly asRoot: boolean;
}

// Another start beside ours may be installing it.
const WAIT_FOR_LOCK = ['-o', 'DPkg::Lock::Timeout=180'];

/**
 * Debian's and Ubuntu's redis-tools hold the server's binary without a daemon; redis-server would
 * start and enable one. The other systems' packages leave the service off.
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
 * Installs a Redis server with the system's package manager, if that needs no question asked: as
 * root, or with `sudo -n`.
 *
 * @returns the server, or undefined when there was no way; what failed has been logged.
 */
export async function installServer(log: (line: string) => void): Promise<ServerBinary | undefined> {
  const manager = MANAGERS.find(({ command }) => answers(command, ['--version']));
  if (!manager) return undefined;
  const prefix = manager.asRoot ? rootPrefix() : [];
  if (!prefix) {
    log(`redis: not installed, and ${manager.command} would need a password`);
    return undefined;
  }
  log(`redis: none found, installing it with ${manager.command}`);
  for (const step of manager.steps) {
    const failure = await run([...prefix, manager.command, ...step]);
    // A stale index is no reason to give up: one of several sources may be down.
    if (failure !== undefined) log(`redis: ${manager.command} ${step.join(' ')} failed: ${failure}`);
  }
  return findServer(log);
}

/** What to put before a command to be root, or undefined when that would take a password. */
function rootPrefix(): string[] | undefined {
  if (process.getuid?.() === 0) return [];
  return answers('sudo', ['-n', 'true']) ? ['sudo', '-n'] : undefined;
}

function answers(command: string, args: readonly string[]): boolean {
  return spawnSync(command, args, { stdio: 'ignore', timeout: 10_000 }).status === 0;
}

/** @returns undefined on success, else the last lines it printed. */
function run([command = '', ...args]: readonly string[]): Promise<string | undefined> {
  return new Promise((resolve) => {
    const env = { ...inheritedEnv(), DEBIAN_FRONTEND: 'noninteractive', NONINTERACTIVE: '1' };
    const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'], timeout: STEP_TIMEOUT_MS });
    let output = '';
    const keep = (chunk: Buffer) => (output = (output + chunk.toString()).slice(-2_000));
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.on('error', (error) => resolve(error.message));
    child.on('close', (code) =>
      resolve(code === 0 ? undefined : output.trim().split('\n').slice(-5).join('\n')),
    );
  });
}

/** A server that can be run on this machine, installed where there is none. @throws Error when there is no way. */
export async function localServer(log: (line: string) => void): Promise<ServerBinary> {
  const server = (await findServer(log)) ?? (await installServer(log));
  if (!server) throw new Error('several Redis servers need a redis-server or valkey-server on this machine');
  return server;
}
