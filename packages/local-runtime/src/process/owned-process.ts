import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface, type Interface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { dieWithParent } from './die-with-parent';

/** How a process ended: its exit code, or the signal that ended it. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface ProcessOptions {
  readonly command: string;
  /** The process' name (argv[0]), where that is not the command. */
  readonly argv0?: string;
  readonly args?: readonly string[];
  /** The whole environment: nothing is inherited. */
  readonly env: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** Called for each line of stdout and stderr. */
  readonly onLog?: ((line: string) => void) | undefined;
  /** A folder to remove if this process is killed before it can remove the folder itself. */
  readonly scratch?: string | undefined;
  /** Gives the child an open, empty stdin that ends together with this process. Default: no stdin. */
  readonly openStdin?: boolean;
}

const LOG_LINES = 1_000;

/**
 * A child process that does not outlive this one.
 *
 * It runs in its own process group: Ctrl-C in the terminal reaches only this process, which stops its children in
 * the right order.
 */
export class OwnedProcess {
  /** Settles when the process has ended and its output has been read; never rejects. */
  readonly exited: Promise<Exit>;
  private readonly lines: string[] = [];
  private readonly readers: Interface[] = [];
  private exit: Exit | undefined;

  private constructor(
    private readonly child: ChildProcess,
    onLog: ProcessOptions['onLog'],
  ) {
    for (const stream of [child.stdout, child.stderr]) {
      if (!stream) continue;
      const reader = createInterface({ input: stream });
      reader.on('line', (line) => {
        if (this.lines.push(line) > LOG_LINES) this.lines.shift();
        onLog?.(line);
      });
      this.readers.push(reader);
    }
    // A signal that cannot be sent is an 'error' event: the process has ended, which 'close' reports.
    child.on('error', () => undefined);
    this.exited = new Promise((resolve) => {
      child.once('close', (code, signal) => resolve((this.exit = { code, signal })));
    });
  }

  /** @throws {Error} when the command cannot be started at all */
  static async start(options: ProcessOptions): Promise<OwnedProcess> {
    const child = start(options);
    dieWithParent(child, options.scratch);
    await once(child, 'spawn');
    return new OwnedProcess(child, options.onLog);
  }

  get pid(): number {
    return this.child.pid ?? -1;
  }

  /** How it ended, or undefined while it runs. */
  get ended(): Exit | undefined {
    return this.exit;
  }

  /** The last 1,000 lines of its output, oldest first. */
  logs(): readonly string[] {
    return this.lines;
  }

  /** Reads nothing of its output, so that the pipe fills up, until the returned function is called. */
  holdOutput(): () => void {
    for (const reader of this.readers) reader.pause();
    return () => {
      for (const reader of this.readers) reader.resume();
    };
  }

  /** Sends a signal; SIGKILL waits until the process has ended. */
  async kill(signal: NodeJS.Signals): Promise<void> {
    this.child.kill(signal);
    if (signal === 'SIGKILL') await this.exited;
  }

  /** Sends SIGTERM, and SIGKILL after `deadlineMs`. */
  async stop(deadlineMs: number): Promise<Exit> {
    this.child.kill('SIGTERM');
    const cancel = new AbortController();
    const late = delay(deadlineMs, 'late', { signal: cancel.signal }).catch(() => 'cancelled');
    if ((await Promise.race([this.exited, late])) === 'late') this.child.kill('SIGKILL');
    cancel.abort();
    return this.exited;
  }
}

function start({ command, argv0, args = [], env, cwd, openStdin = false }: ProcessOptions): ChildProcess {
  const stdin = openStdin ? 'pipe' : 'ignore';
  return spawn(command, args, { argv0, env, cwd, stdio: [stdin, 'pipe', 'pipe'], detached: true });
}

const INHERITED = [
  ...['PATH', 'HOME', 'TMPDIR', 'LANG', 'LC_ALL', 'TZ'],
  ...['NODE_OPTIONS', 'NODE_EXTRA_CA_CERTS'],
];

/** The variables that any child needs to run at all, and `more`, without our settings or secrets. */
export function inheritedEnv(...more: readonly string[]): NodeJS.ProcessEnv {
  // eslint-disable-next-line no-restricted-properties -- no setting of ours: what the machine gives every process
  const env = process.env;
  const names = [...INHERITED, ...more].filter((name) => name in env);
  return Object.fromEntries(names.map((name) => [name, env[name]]));
}
