import { waitFor } from '@optout-sync/testkit';
import type { Outcomes } from './check/outcomes';
import type { Traffic } from './load/traffic';
import type { Random } from './random';
import type { Stage } from './stage/stage';

/** One kind of fault, played many times under traffic. */
export interface Row {
  readonly name: string;
  /** Messages a second; default 40. */
  readonly perSecond?: number;
  /** Its messages come by webhook alone. */
  readonly webhooksOnly?: boolean;
  inject(play: Play): Promise<void>;
}

const SETTLE_MS = 90_000;

/** What a row has to play with. */
export class Play {
  /** When each fault was over, by `performance.now()`. */
  readonly faults: { name: string; overAt: number }[] = [];

  constructor(
    readonly stage: Stage,
    readonly traffic: Traffic,
    readonly random: Random,
    private readonly outcomes: Outcomes,
    private readonly scale: number,
    private readonly onFault: (name: string) => void,
  ) {}

  /** So many times at full scale, once at least. */
  *times(full: number): Iterable<number> {
    const count = Math.max(1, Math.round(full * this.scale));
    for (let n = 0; n < count; n++) yield n;
  }

  /** So many ms at full scale, but at least `least`. */
  lasting(fullMs: number, least: number): number {
    return Math.max(least, Math.min(fullMs, fullMs * this.scale));
  }

  /** Plays one fault from its beginning to its end. */
  async fault(name: string, play: () => Promise<unknown>): Promise<void> {
    await play();
    this.faults.push({ name, overAt: performance.now() });
    this.onFault(name);
  }

  /** Waits until all that was accepted so far has its outcome. */
  async settled(): Promise<void> {
    const at = performance.now();
    await waitFor(() => this.outcomes.settledUpTo(at), {
      what: 'all accepted messages to have their outcome',
      timeoutMs: SETTLE_MS,
      everyMs: 50,
    });
  }
}
