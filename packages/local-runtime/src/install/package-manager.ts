import { spawn, spawnSync } from 'node:child_process';
import { inheritedEnv } from '../process/owned-process';

/** How one package manager installs a program. */
export interface Installation {
  /** The package manager; this is used where it is on the machine. */
  readonly manager: string;
  readonly asRoot: boolean;
  /** Commands, run one after the other. None may leave a system service started or enabled. */
  readonly steps: readonly (readonly string[])[];
}

// Another npm start may be installing it at the same time.
const WAIT_FOR_LOCK = ['-o', 'DPkg::Lock::Timeout=180'];

/** The commands with which apt installs a package without what it recommends. */
export const aptSteps = (name: string): readonly (readonly string[])[] => [
  ['apt-get', 'update', '-q', ...WAIT_FOR_LOCK],
  ['apt-get', 'install', '-q', '-y', '--no-install-recommends', ...WAIT_FOR_LOCK, name],
];

const STEP_TIMEOUT_MS = 5 * 60_000;

/**
 * Installs a program with the system's package manager, if that is possible without a password: as root, or with `sudo -n`.
 * Each command is logged before it runs.
 *
 * @param program starts each line of the log
 * @returns whether the commands were run; one that fails is in the log, and prevents none of the others
 */
export async function runInstallation(
  program: string,
  installations: readonly Installation[],
  log: (line: string) => void,
): Promise<boolean> {
  const installation = findInstallation(installations);
  if (!installation) return false;
  const { manager, asRoot, steps } = installation;
  const prefix = asRoot ? rootPrefix() : [];
  if (!prefix) {
    log(`${program}: not installed, and ${manager} would need a password`);
    return false;
  }
  log(`${program}: none found, so it is installed on this machine (--no-install refuses that):`);
  const startedAt = performance.now();
  for (const step of steps) {
    log(`${program}:   ${[...prefix, ...step].join(' ')}`);
    const failure = await run([...prefix, ...step]);
    // A failed update does not prevent the installation: only one of several sources may be down.
    if (failure !== undefined) log(`${program}: ${step.join(' ')} failed: ${failure}`);
  }
  log(`${program}: that took ${((performance.now() - startedAt) / 1_000).toFixed(1)} s`);
  return true;
}

/** Says, for `--no-install`, what `runInstallation` would do. */
export function refusedInstallation(installations: readonly Installation[]): string {
  const installation = findInstallation(installations);
  if (!installation) return '--no-install: nothing was installed.';
  const commands = installation.steps.map((step) => step.join(' '));
  return `--no-install: nothing was installed. Without it, npm start would run: ${commands.join('; ')}`;
}

/** Whether a command is on this machine and succeeds. */
export function answers(command: string, args: readonly string[]): boolean {
  return spawnSync(command, args, { stdio: 'ignore', timeout: 10_000 }).status === 0;
}

const findInstallation = (installations: readonly Installation[]): Installation | undefined =>
  installations.find(({ manager }) => answers(manager, ['--version']));

/** What runs a command as root, or undefined when that needs a password. */
function rootPrefix(): string[] | undefined {
  if (process.getuid?.() === 0) return [];
  return answers('sudo', ['-n', 'true']) ? ['sudo', '-n'] : undefined;
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
