import { setTimeout as delay } from 'node:timers/promises';
import type { LedgerEntry } from '@optout-sync/shared/ledger';
import type { Caller, Message } from '../workload/message';

const LOOK_EVERY_MS = 300;
/** With much to look at, the pause is so many times as long as a look: the machine's power is for what is looked at. */
const PAUSE = 5;
const LONGEST_PAUSE_MS = 2_000;

/** Watches in the ledger when each accepted message gets its outcome. Times are those of `performance.now()`. */
export class Outcomes {
  private readonly open = new Map<Caller, Set<string>>();
  private readonly ended: { readonly acceptedAt: number; readonly endedAt: number }[] = [];
  private readonly acceptedAt = new Map<string, number>();
  private stopped = false;
  private watching: Promise<void> = Promise.resolve();

  constructor(private readonly read: (phone: string) => Promise<LedgerEntry | undefined>) {}

  /** How many accepted messages have no outcome yet. */
  get unsettled(): number {
    return this.acceptedAt.size;
  }

  accepted(caller: Caller, { sid }: Message): void {
    this.acceptedAt.set(sid, performance.now());
    this.open.set(caller, (this.open.get(caller) ?? new Set()).add(sid));
  }

  start(): void {
    this.watching = this.watch();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.watching;
  }

  /** Whether all that was accepted up to `at` has its outcome. */
  settledUpTo(at: number): boolean {
    return [...this.acceptedAt.values()].every((acceptedAt) => acceptedAt > at);
  }

  /** How many ms after `at` the last message accepted until then had its outcome; 0 when all had theirs before. */
  recoveryMs(at: number): number {
    const late = this.ended.filter(({ acceptedAt, endedAt }) => acceptedAt <= at && endedAt > at);
    return late.reduce((last, { endedAt }) => Math.max(last, endedAt - at), 0);
  }

  private async watch(): Promise<void> {
    while (!this.stopped) {
      const startedAt = performance.now();
      await Promise.all([...this.open].map(([caller, sids]) => this.look(caller, sids)));
      const tookMs = performance.now() - startedAt;
      await delay(Math.min(Math.max(LOOK_EVERY_MS, PAUSE * tookMs), LONGEST_PAUSE_MS));
    }
  }

  private async look(caller: Caller, sids: Set<string>): Promise<void> {
    // While Redis loads its data it refuses to be read.
    const entry = await this.read(caller.phone).catch(() => undefined);
    for (const { messageSid, outcome } of entry?.history ?? []) {
      const acceptedAt = this.acceptedAt.get(messageSid);
      if (outcome === 'pending' || acceptedAt === undefined) continue;
      this.acceptedAt.delete(messageSid);
      sids.delete(messageSid);
      this.ended.push({ acceptedAt, endedAt: performance.now() });
    }
    if (sids.size === 0) this.open.delete(caller);
  }
}
