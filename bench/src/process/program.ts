import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OwnedProcess, freePort, inheritedEnv, waitFor } from '@optout-sync/local-runtime/process';
import { pinned } from './cores';

/** A program under measurement, in a process of its own. */
export interface Program {
  readonly name: string;
  readonly pid: number;
  readonly port: number;
  /** Milliseconds from being started to being ready, to 10 ms. */
  readonly startMs: number;
  stop(): Promise<void>;
}

export interface ProgramOptions {
  readonly name: string;
  /** The file that Node runs. */
  readonly file: string;
  readonly nodeArgs?: readonly string[];
  readonly args?: (port: number) => readonly string[];
  readonly cores?: string | undefined;
  /** Its settings, given the port it is to listen on and another that is free. */
  readonly env: (port: number, otherPort: number) => Readonly<Record<string, string>>;
  /** Asked until it gives true. */
  readonly isReady: (port: number, otherPort: number) => Promise<boolean>;
}

/** Whether a page answers 200. */
export const answersOk = async (url: string): Promise<boolean> => (await fetch(url)).ok;

/** Puts its output into the file named first and becomes the command that follows. */
const INTO_FILE = 'out=$1; shift; exec "$@" >"$out" 2>&1';

/**
 * Starts a program and waits until it is ready. What it prints goes to a file, as to a container's log: reading it would
 * cost the other cores what belongs to the load.
 */
export async function startProgram(options: ProgramOptions): Promise<Program> {
  const { name, file, nodeArgs = [], args, cores, env, isReady } = options;
  const scratch = await mkdtemp(join(tmpdir(), 'optout-sync-bench-'));
  const [port, otherPort] = [await freePort(), await freePort()];
  const command = pinned(cores, [process.execPath, ...nodeArgs, file, ...(args?.(port) ?? [])]);
  const log = join(scratch, `${name.replaceAll(/\W+/g, '-')}.log`);
  const startedAt = performance.now();
  const owned = await OwnedProcess.start({
    command: '/bin/sh',
    args: ['-c', INTO_FILE, 'sh', log, ...command],
    // An own folder for what it keeps: it goes with the program.
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
    startMs: performance.now() - startedAt,
    stop: async () => {
      await owned.stop(30_000);
    },
  };
}
