import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, inheritedEnv, OwnedProcess, waitFor } from '@optout-sync/local-runtime/process';
import { pinned } from './machine';
import type { MemoryLimit } from './memory-limit';

/** A measured program in its own process. */
export interface Program {
  readonly name: string;
  readonly pid: number;
  readonly port: number;
  /** The second port that `env` was called with. */
  readonly otherPort: number;
  /** Milliseconds from start to readiness, with a resolution of 10 ms. */
  readonly startMs: number;
  /** Whether it has ended by itself. */
  hasEnded(): boolean;
  stop(): Promise<void>;
}

export interface ProgramOptions {
  readonly name: string;
  /** The script for Node. */
  readonly file: string;
  readonly nodeArgs?: readonly string[];
  readonly args?: (port: number) => readonly string[];
  readonly cores?: string | undefined;
  readonly limit?: MemoryLimit | undefined;
  /** The environment, for the port to listen on and a second free port. */
  readonly env: (port: number, otherPort: number) => Readonly<Record<string, string>>;
  /** Is polled until it returns true. */
  readonly isReady: (port: number, otherPort: number) => Promise<boolean>;
}

/** Whether a URL is answered with 2xx. */
export const answersOk = async (url: string): Promise<boolean> => (await fetch(url)).ok;

/**
 * Enters the control group whose list of processes is in the first argument, unless that is empty, redirects its output to the
 * file in the second and executes the command in the others.
 */
const START = '[ -z "$1" ] || echo $$ >"$1"; out=$2; shift 2; exec "$@" >"$out" 2>&1';

/**
 * Starts a program and waits until it is ready. Its output goes to a file, like a container's log: reading it would take CPU
 * time of the load's cores.
 *
 * @throws {Error} when it is not ready within 30 s or ends before
 */
export async function startProgram(options: ProgramOptions): Promise<Program> {
  const { name, file, nodeArgs = [], args, cores, limit, env, isReady } = options;
  const scratch = await mkdtemp(join(tmpdir(), 'optout-sync-bench-'));
  const [port, otherPort] = [await freePort(), await freePort()];
  const command = pinned(cores, [process.execPath, ...nodeArgs, file, ...(args?.(port) ?? [])]);
  const log = join(scratch, `${name.replaceAll(/\W+/g, '-')}.log`);
  const startedAt = performance.now();
  const owned = await OwnedProcess.start({
    command: '/bin/sh',
    args: ['-c', START, 'sh', limit?.procs ?? '', log, ...command],
    // Its files are in a folder that is removed with the program.
    env: {
      ...inheritedEnv(),
      NODE_ENV: 'production',
      SPOOL_DIR: join(scratch, 'spool'),
      ...env(port, otherPort),
    },
    cwd: scratch,
    scratch,
  });
  await waitFor(() => isReady(port, otherPort), {
    what: `${name} to be ready (its log: ${log})`,
    timeoutMs: 30_000,
    everyMs: 10,
    giveUp: () => owned.ended && 'it ended',
  });
  return {
    name,
    pid: owned.pid,
    port,
    otherPort,
    startMs: performance.now() - startedAt,
    hasEnded: () => owned.ended !== undefined,
    stop: async () => {
      await owned.stop(30_000);
    },
  };
}

/**
 * Runs a Node program to its end. Passes `argument` as JSON and returns the last printed line, parsed as JSON.
 *
 * @throws {Error} when the exit code is not 0
 */
export async function runProgram(
  cores: string | undefined,
  file: string,
  argument: unknown,
): Promise<unknown> {
  const [command = '', ...args] = pinned(cores, [process.execPath, file, JSON.stringify(argument)]);
  const program = await OwnedProcess.start({ command, args, env: inheritedEnv() });
  const { code } = await program.exited;
  if (code !== 0) throw new Error(`${file} ended with ${String(code)}: ${program.logs().join('\n')}`);
  return JSON.parse(program.logs().at(-1) ?? '');
}
