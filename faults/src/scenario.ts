import { waitFor } from '@optout-sync/local-runtime/process';
import type { Outcomes } from './checker/outcomes';
import type { Environment } from './environment/environment';
import type { Random } from './random';
import type { Workload } from './workload/workload';

/** One kind of fault, played many times under traffic. */
export interface Scenario {
  readonly name: string;
  /** Messages a second; default 40. */
  readonly perSecond?: number;
  /** Its messages come by webhook alone. */
  readonly webhooksOnly?: boolean;
  inject(play: Play): Promise<void>;
}

const SETTLE_MS = 90_000;

export interface PlayOptions {
  /** So many times the injections and the time they last. */
  readonly scale: number;
  /** Does not wait for the system to recover before the next fault, and hardly for messages. */
  readonly impatient?: boolean;
  readonly onFault?: (name: string) => void;
}

/** What a row has to play with. */
export class Play {
  /** When each fault was over, by `performance.now()`. */
  readonly faults: { name: string; overAt: number }[] = [];

  constructor(
    readonly stage: Environment,
    readonly traffic: Workload,
    readonly random: Random,
    private readonly outcomes: Outcomes,
    private readonly options: PlayOptions,
  ) {}

  /** So many times at full scale, once at least. */
  async times(full: number, inject: () => Promise<void>): Promise<void> {
    const count = Math.max(1, Math.round(full * this.options.scale));
    for (let n = 0; n < count; n++) await inject();
  }

  /** So many ms at full scale, but at least `least`. */
  lasting(fullMs: number, least: number): number {
    return Math.max(least, Math.min(fullMs, fullMs * this.options.scale));
  }

  /** Waits until so many more messages are accepted; fewer, when time is short. */
  async messages(count: number): Promise<void> {
    await this.traffic.more(this.options.impatient ? Math.ceil(count / 5) : count);
  }

  /** Plays one fault from its beginning to its end. */
  async fault(name: string, play: () => Promise<unknown>): Promise<void> {
    await play();
    this.faults.push({ name, overAt: performance.now() });
    this.options.onFault?.(name);
  }

  /** Waits until all that was accepted so far has its outcome, unless time is short. */
  async settled(): Promise<void> {
    if (this.options.impatient) return;
    const at = performance.now();
    await waitFor(() => this.outcomes.settledUpTo(at), {
      what: 'all accepted messages to have their outcome',
      timeoutMs: SETTLE_MS,
      everyMs: 50,
    });
  }
}
