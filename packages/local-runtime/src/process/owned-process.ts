import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { dieWithParent } from './die-with-parent';

/** How a process ended: its exit code, or the signal that ended it. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface ProcessOptions {
  readonly command: string;
  /** The name it is called by (argv[0]), where that is not the command. */
  readonly argv0?: string;
  readonly args?: readonly string[];
  /** The whole environment: nothing is inherited. */
  readonly env: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** Each line of stdout and stderr as it comes. */
  readonly onLog?: (line: string) => void;
  /** A folder to remove should we be killed before we can do it ourselves. */
  readonly scratch?: string;
}

const KEPT_LINES = 1_000;

/**
 * A child process that does not outlive us.
 *
 * It runs in a process group of its own: Ctrl-C in the terminal reaches only us, and we stop our
 * children in the order that is right for them.
 */
export class OwnedProcess {
  /** Settles when the process has ended and its output is read; never rejects. */
  readonly exited: Promise<Exit>;
  private readonly kept: string[] = [];
  private exit: Exit | undefined;

  private constructor(
    private readonly child: ReturnType<typeof start>,
    onLog: ProcessOptions['onLog'],
  ) {
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        if (this.kept.push(line) > KEPT_LINES) this.kept.shift();
        onLog?.(line);
      });
    }
    // A signal that cannot be sent is an 'error' event: the process has ended, as 'close' will tell.
    child.on('error', () => undefined);
    this.exited = new Promise((resolve) => {
      child.once('close', (code, signal) => resolve((this.exit = { code, signal })));
    });
  }

  /** @throws Error when the command cannot be started at all. */
  static async start(options: ProcessOptions): Promise<OwnedProcess> {
    const child = start(options);
    await once(child, 'spawn');
    const owned = new OwnedProcess(child, options.onLog);
    dieWithParent(child, options.scratch);
    return owned;
  }

  get pid(): number {
    return this.child.pid ?? -1;
  }

  /** How it ended, or undefined while it runs. */
  get ended(): Exit | undefined {
    return this.exit;
  }

  /** The last lines it printed, oldest first. */
  logs(): readonly string[] {
    return this.kept;
  }

  /** Sends a signal; after SIGKILL it waits until the process is gone. */
  async kill(signal: NodeJS.Signals): Promise<void> {
    this.child.kill(signal);
    if (signal === 'SIGKILL') await this.exited;
  }

  /** Asks it to end (SIGTERM), and after `deadlineMs` makes it (SIGKILL). */
  async stop(deadlineMs: number): Promise<Exit> {
    this.child.kill('SIGTERM');
    const patience = new AbortController();
    const late = delay(deadlineMs, 'late', { signal: patience.signal }).catch(() => 'cancelled');
    if ((await Promise.race([this.exited, late])) === 'late') this.child.kill('SIGKILL');
    patience.abort();
    return this.exited;
  }
}

function start({ command, argv0, args = [], env, cwd }: ProcessOptions) {
  return spawn(command, args, { argv0, env, cwd, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
}

const KEPT = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'LC_ALL', 'TZ', 'NODE_OPTIONS', 'NODE_EXTRA_CA_CERTS'];

/** What a child needs of our environment to run at all, without our settings or secrets. */
export function inheritedEnv(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    KEPT.filter((name) => name in process.env).map((name) => [name, process.env[name]]),
  );
}
