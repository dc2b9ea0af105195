import { setTimeout as delay } from 'node:timers/promises';
import type { Exit } from '../process/owned-process';
import { RESTART_POLICY, restartDelay, type RestartPolicy } from './restart-policy';

/** A running child: Redis or a service. */
export interface Part {
  /** Undefined for one in a container. */
  readonly pid: number | undefined;
  /** Settles when it has ended, however. */
  readonly exited: Promise<Exit>;
  /** Its last lines, oldest first. */
  logs(): readonly string[];
  /** Ends it, also when it has ended already. */
  stop(): Promise<unknown>;
}

export interface SupervisedOptions {
  readonly name: string;
  /** Starts it again. A rejection counts as another death; it must not run then. */
  readonly restart: () => Promise<Part>;
  /** What happens until it runs again, for the person at the terminal. */
  readonly meanwhile: string;
  readonly say: (line: string) => void;
  /** Called once, with the part's last lines, when it is not restarted any more. */
  readonly onGiveUp: (report: string) => void;
  readonly policy?: RestartPolicy;
}

const LAST_LINES = 15;

/**
 * Keeps one part of the system running.
 *
 * *Running*: the part runs. *Waiting*: entered when it ends although nothing stopped it; left after the policy's delay.
 * *Restarting*: left for *Running*, or, when the restart fails, as if the part had ended at once. *Given up*: entered when
 * the part has ended as often as the policy allows. *Stopped*: entered by `stop()` from any state; the part does not run.
 */
export class Supervised {
  private readonly stopping = new AbortController();
  private readonly deaths: number[] = [];
  private readonly over: Promise<void>;
  private restarting: Promise<unknown> | undefined;

  constructor(
    private part: Part,
    private readonly options: SupervisedOptions,
  ) {
    this.over = this.keepRunning();
  }

  get name(): string {
    return this.options.name;
  }

  get pid(): number | undefined {
    return this.part.pid;
  }

  /** Ends the part and all waiting. Idempotent. */
  async stop(): Promise<void> {
    this.stopping.abort();
    // What is just being started would otherwise run on without its folder.
    await this.restarting?.catch(() => undefined);
    await this.part.stop();
    await this.over;
  }

  private async keepRunning(): Promise<void> {
    while (!this.isStopping()) {
      const exit = await this.part.exited;
      if (this.isStopping()) return;
      if (!(await this.restartAfter(describeExit(exit), this.part.logs()))) return;
    }
    // It started while the stop was under way.
    await this.part.stop();
  }

  private isStopping(): boolean {
    return this.stopping.signal.aborted;
  }

  /** Resolves with whether the part runs again. */
  private async restartAfter(reason: string, lines: readonly string[]): Promise<boolean> {
    const { name, restart, meanwhile, say, onGiveUp, policy = RESTART_POLICY } = this.options;
    this.deaths.push(performance.now());
    const delayMs = restartDelay(this.deaths, policy);
    if (delayMs === undefined) {
      onGiveUp(giveUpReport(name, policy, reason, lines));
      return false;
    }
    say(`${name}: ended unexpectedly (${reason}); ${meanwhile}; it is started again in ${delayMs / 1000} s`);
    const aborted = await delay(delayMs, false, { signal: this.stopping.signal }).catch(() => true);
    if (aborted) return false;
    try {
      const starting = restart();
      this.restarting = starting;
      this.part = await starting;
    } catch (error) {
      if (this.isStopping()) return false;
      const [first = '', ...rest] = (error as Error).message.split('\n');
      return this.restartAfter(first, rest);
    }
    say(`${name}: started again${this.part.pid === undefined ? '' : `, process ${this.part.pid}`}`);
    return true;
  }
}

function describeExit({ code, signal }: Exit): string {
  return signal ?? `exit code ${code ?? '?'}`;
}

function giveUpReport(
  name: string,
  { mostDeaths, windowMs }: RestartPolicy,
  reason: string,
  lines: readonly string[],
): string {
  return [
    `${name}: ended ${mostDeaths} times within ${windowMs / 1000} s, at last with ${reason}: not started again. Its last lines:`,
    ...lines.slice(-LAST_LINES).map((line) => `  ${line}`),
  ].join('\n');
}
