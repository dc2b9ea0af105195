import { waitFor } from '@optout-sync/local-runtime/process';
import type { OutcomeWatch } from '../checker/outcome-watch';
import type { Environment } from '../environment/environment';
import type { Random } from '../workload/random';
import type { Workload } from '../workload/workload';

/** Generous: other programs may need the machine too. */
const SETTLE_MS = 300_000;
const SHORT_RUN_SHARE = 5;

export interface RunOptions {
  /** Factor on the number of injections and on how long a fault lasts. */
  readonly scale: number;
  /** Does not wait for recovery before the next fault, and waits for a fifth of the messages only. */
  readonly skipRecovery?: boolean;
  readonly onFault?: (name: string) => void;
}

/** What a scenario injects faults with. */
export class ScenarioContext {
  /** The faults so far, each with its end in `performance.now()` time. */
  readonly faults: { name: string; endedAt: number }[] = [];

  constructor(
    readonly environment: Environment,
    readonly workload: Workload,
    readonly random: Random,
    private readonly outcomes: OutcomeWatch,
    private readonly options: RunOptions,
  ) {}

  /** Factor on the size of the faults; 1 in the full suite. */
  get scale(): number {
    return this.options.scale;
  }

  /** Calls `inject` `full` times at scale 1, at least once. */
  async repeat(full: number, inject: () => Promise<void>): Promise<void> {
    const count = Math.max(1, Math.round(full * this.options.scale));
    for (let n = 0; n < count; n++) await inject();
  }

  /** `fullMs` from scale 1 on, less below it, but at least `leastMs`. */
  durationMs(fullMs: number, leastMs: number): number {
    return Math.max(leastMs, Math.min(fullMs, fullMs * this.options.scale));
  }

  /** Waits until `count` more messages are accepted; a fifth of them with `skipRecovery`. */
  async waitForMessages(count: number): Promise<void> {
    const { skipRecovery } = this.options;
    await this.workload.waitForAccepted(skipRecovery ? Math.ceil(count / SHORT_RUN_SHARE) : count);
  }

  /** Injects one fault; `inject` resolves at the end of the fault. */
  async fault(name: string, inject: () => Promise<unknown>): Promise<void> {
    await inject();
    this.faults.push({ name, endedAt: performance.now() });
    this.options.onFault?.(name);
  }

  /** Waits until every message accepted so far has its outcome; returns at once with `skipRecovery`. */
  async waitForRecovery(): Promise<void> {
    if (this.options.skipRecovery) return;
    const at = performance.now();
    await waitFor(() => this.outcomes.settledUpTo(at), {
      what: 'all accepted messages to have their outcome',
      timeoutMs: SETTLE_MS,
      everyMs: 50,
    });
  }
}
