import { setTimeout as delay } from 'node:timers/promises';
import type { LedgerEntry } from '@optout-sync/shared/ledger';
import type { Message, Subscriber } from '../workload/subscriber';

const POLL_MS = 300;
/** With many open messages the pause is this many times the duration of a poll, so that polling leaves the CPU to the system. */
const PAUSE_FACTOR = 5;
const LONGEST_PAUSE_MS = 2_000;

/** Polls the ledger for the outcome of each accepted message. All times are those of `performance.now()`. */
export class OutcomeWatch {
  private readonly open = new Map<Subscriber, Set<string>>();
  private readonly settled: { readonly acceptedAt: number; readonly settledAt: number }[] = [];
  private readonly acceptedAt = new Map<string, number>();
  private stopped = false;
  private polling: Promise<void> = Promise.resolve();

  constructor(private readonly read: (phone: string) => Promise<LedgerEntry | undefined>) {}

  /** Number of accepted messages without an outcome. */
  get unsettled(): number {
    return this.acceptedAt.size;
  }

  accepted(subscriber: Subscriber, { sid }: Message): void {
    this.acceptedAt.set(sid, performance.now());
    this.open.set(subscriber, (this.open.get(subscriber) ?? new Set()).add(sid));
  }

  start(): void {
    this.polling = this.poll();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.polling;
  }

  /** Whether every message accepted up to `at` has its outcome. */
  settledUpTo(at: number): boolean {
    return [...this.acceptedAt.values()].every((acceptedAt) => acceptedAt > at);
  }

  /** The ms from `at` until the last message accepted before it has its outcome; 0 when all had theirs by then. */
  recoveryMs(at: number): number {
    const late = this.settled.filter(({ acceptedAt, settledAt }) => acceptedAt <= at && settledAt > at);
    return late.reduce((last, { settledAt }) => Math.max(last, settledAt - at), 0);
  }

  private async poll(): Promise<void> {
    while (!this.stopped) {
      const startedAt = performance.now();
      await Promise.all([...this.open].map(([subscriber, sids]) => this.readOutcomes(subscriber, sids)));
      const tookMs = performance.now() - startedAt;
      await delay(Math.min(Math.max(POLL_MS, PAUSE_FACTOR * tookMs), LONGEST_PAUSE_MS));
    }
  }

  private async readOutcomes(subscriber: Subscriber, sids: Set<string>): Promise<void> {
    // Redis rejects reads while it loads its data.
    const entry = await this.read(subscriber.phone).catch(() => undefined);
    for (const { messageSid, outcome } of entry?.history ?? []) {
      const acceptedAt = this.acceptedAt.get(messageSid);
      if (outcome === 'pending' || acceptedAt === undefined) continue;
      this.acceptedAt.delete(messageSid);
      sids.delete(messageSid);
      this.settled.push({ acceptedAt, settledAt: performance.now() });
    }
    if (sids.size === 0) this.open.delete(subscriber);
  }
}
