import { OwnedProcess, inheritedEnv, type Exit, type ProcessOptions } from './owned-process';
import { waitFor } from './wait-for';

export interface ServiceOptions {
  /** Used in error messages. */
  readonly name: string;
  /** The built file to run with this Node. */
  readonly entry: string;
  /** Its settings. From our environment it inherits only what any program needs (PATH, HOME, ...). */
  readonly env: NodeJS.ProcessEnv;
  readonly args?: readonly string[];
  readonly cwd?: string;
  /**
   * Polled until it answers 200. A function gives the URL once it is known. Without it the service counts as ready once it
   * runs.
   */
  readonly readyUrl?: string | (() => string | undefined);
  /** Milliseconds to become ready in (default 15,000). */
  readonly readyTimeoutMs?: number;
  readonly onLog?: ((line: string) => void) | undefined;
  /** The number of descriptors (files, sockets) that it may have open. Default: as many as this process. */
  readonly descriptors?: number | undefined;
  /** A folder to remove if this process is killed before it can remove the folder itself. */
  readonly scratch?: string | undefined;
}

/** A running service of ours, in its own process. */
export interface ServiceProcess {
  readonly name: string;
  readonly pid: number;
  /** Settles when the process has ended, however; never rejects. */
  readonly exited: Promise<Exit>;
  /** How it ended, or undefined while it runs. */
  readonly ended: Exit | undefined;
  /** The last 1,000 lines of its output, oldest first. */
  logs(): readonly string[];
  /** Reads nothing of its output, so that the pipe fills up, until the returned function is called. */
  holdOutput(): () => void;
  /** Sends SIGTERM, and SIGKILL after `deadlineMs` (default 30,000). */
  stop(deadlineMs?: number): Promise<Exit>;
  /** Sends any signal; SIGKILL waits until the process has ended. */
  kill(signal: NodeJS.Signals): Promise<void>;
}

/** A service that did not become ready. The message holds its last lines. */
export class ServiceStartError extends Error {
  constructor(
    message: string,
    /** How it ended; undefined when it ran but was not ready in time. */
    readonly exit: Exit | undefined,
  ) {
    super(message);
    this.name = 'ServiceStartError';
  }
}

const SERVICE_STOP_MS = 30_000;

/**
 * Starts a built service and waits until it is ready.
 *
 * @throws {ServiceStartError} when it ends early or does not become ready in time; it does not run any more then
 */
export async function spawnService(options: ServiceOptions): Promise<ServiceProcess> {
  const {
    name,
    entry,
    env,
    args = [],
    cwd,
    onLog,
    scratch,
    readyUrl,
    readyTimeoutMs = 15_000,
    descriptors,
  } = options;
  const owned = await OwnedProcess.start({
    ...limited([process.execPath, '--enable-source-maps', entry, ...args], descriptors),
    env: { ...inheritedEnv(), ...env },
    cwd,
    onLog,
    scratch,
  });
  if (readyUrl !== undefined) {
    try {
      await untilReady(owned, name, readyUrl, readyTimeoutMs);
    } catch (error) {
      const { ended } = owned;
      await owned.kill('SIGKILL');
      throw new ServiceStartError([(error as Error).message, ...owned.logs().slice(-20)].join('\n'), ended);
    }
  }
  return {
    name,
    pid: owned.pid,
    exited: owned.exited,
    get ended() {
      return owned.ended;
    },
    logs: () => owned.logs(),
    holdOutput: () => owned.holdOutput(),
    stop: (deadlineMs = SERVICE_STOP_MS) => owned.stop(deadlineMs),
    kill: (signal) => owned.kill(signal),
  };
}

/** The command that runs another one, in the same process, with a limit of its descriptors. */
function limited(
  [command, ...args]: readonly [string, ...string[]],
  descriptors: number | undefined,
): Pick<ProcessOptions, 'command' | 'args'> {
  if (descriptors === undefined) return { command, args };
  return {
    command: 'sh',
    args: ['-c', `ulimit -n ${String(descriptors)} && exec "$0" "$@"`, command, ...args],
  };
}

async function untilReady(
  owned: OwnedProcess,
  name: string,
  url: string | (() => string | undefined),
  timeoutMs: number,
): Promise<void> {
  await waitFor(
    () => {
      const known = typeof url === 'string' ? url : url();
      return known !== undefined && answersOk(known);
    },
    {
      what: typeof url === 'string' ? `${name} to be ready at ${url}` : `${name} to be ready`,
      timeoutMs,
      everyMs: 50,
      giveUp: () =>
        owned.ended && `it ended with ${owned.ended.signal ?? `exit code ${owned.ended.code ?? '?'}`}`,
    },
  );
}

async function answersOk(url: string): Promise<boolean> {
  const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
  await response.body?.cancel();
  if (response.status !== 200) throw new Error(`HTTP ${response.status}`);
  return true;
}
