import type { KeyedAccount } from '@optout-sync/shared/config';
import type { SentAfter } from '@optout-sync/shared/domain';
import type { CheckedSpan, MessageLogProgress, SentAfterEntry } from '@optout-sync/shared/sent-after';
import { setTimeout as delay } from 'node:timers/promises';
import { messagePages } from '@optout-sync/twilio-api';
import type { Lease } from '../reconcile/lease';
import { MessageComparison, type ComparedContext, type ComparedPart } from './compare-messages';
import type { SenderCounts } from './sender-counts';
import type { SentCheckTimes } from './times';

export interface SentCheckEvents {
  /** A part of an account's log was read, and compared with the ledger. */
  sentChecked(account: string, span: CheckedSpan, part: ComparedPart): void;
  /** These messages were sent after an opt-out, and were not known before. */
  sentAfterFound(account: string, found: readonly SentAfterEntry[]): void;
  /** Adds to their count. */
  sentAfterCounted(relation: SentAfter, count: number): void;
  /** How long ago the part that was read last ended. */
  sentCheckAge(account: string, ageMs: number): void;
  sentCheckFailed(account: string | undefined, error: unknown): void;
}

interface SentCheckOptions extends ComparedContext {
  readonly accounts: readonly KeyedAccount[];
  readonly apiUrl: string;
  readonly periodMs: number;
  readonly times: SentCheckTimes;
  readonly lease: Pick<Lease, 'hold'>;
  readonly progress: MessageLogProgress;
  readonly counts: SenderCounts;
  /** Redis' time, in ms since 1970: the clocks of workers may differ. */
  readonly redisNow: () => Promise<number>;
  readonly stopping: AbortSignal;
  readonly telemetry: SentCheckEvents;
}

/** Of one request, and how often it is tried in a round. */
const TIMEOUT_MS = 10_000;
const MAX_ATTEMPTS = 3;

/**
 * Compares what Twilio sent with the ledger, for ever. Every worker has one; the holder of the lease reads.
 *
 *   waiting  another worker holds the lease. -> reading when that one stops, or when its lease expires
 *   reading  each round reads the log of every account whose turn it is, part by part, the oldest first
 *
 * How far it came is stored after each part, so that another worker continues there. An account whose log cannot be read is tried again
 * later, and delays no other account.
 */
export class SentCheck {
  /** When an account's turn is, by `performance.now()`. */
  private readonly dueAt = new Map<string, number>();
  private readonly startedAt = performance.now();
  /** What was found and is not counted yet. */
  private readonly uncounted = new Map<SentAfter, number>();

  constructor(private readonly options: SentCheckOptions) {}

  async round(): Promise<void> {
    const { lease, counts, accounts, periodMs, times, telemetry } = this.options;
    this.countFound();
    await counts.flush();
    const isHolder = await lease.hold();
    await this.reportAge();
    if (!isHolder) return;
    for (const account of accounts) {
      const { sid } = account;
      if (performance.now() < (this.dueAt.get(sid) ?? 0)) continue;
      this.dueAt.set(sid, performance.now() + periodMs);
      try {
        await this.readAccount(account);
      } catch (error) {
        if (this.options.stopping.aborted) return;
        telemetry.sentCheckFailed(sid, error);
        this.dueAt.set(sid, performance.now() + Math.min(periodMs, times.retryMs));
      }
    }
  }

  private async readAccount(account: KeyedAccount): Promise<void> {
    const { progress, periodMs, times } = this.options;
    const now = await this.options.redisNow();
    let before = await progress.begin(account.sid, now, periodMs);
    while (before.until < now) {
      const until = Math.min(now, before.until + times.partMs);
      const part = await this.readPart(account, before, until);
      // Another worker has read it meanwhile.
      if (!(await progress.advance(account.sid, before, until))) return;
      this.report(account.sid, { since: before.until, until }, part);
      before = { since: before.since, until };
    }
  }

  private async readPart(
    account: KeyedAccount,
    { until: read }: CheckedSpan,
    until: number,
  ): Promise<ComparedPart> {
    const { apiUrl, times, stopping: signal, telemetry } = this.options;
    const counted = { since: toSecond(read - times.lagMs), until: toSecond(until - times.lagMs) };
    const comparison = new MessageComparison(this.options, counted);
    const pages = messagePages(
      account,
      { since: read - times.overlapMs, until },
      {
        apiUrl,
        signal,
        timeoutMs: TIMEOUT_MS,
        maxAttempts: MAX_ATTEMPTS,
        beforeRequest: () => this.waitForTurn(),
      },
    );
    // Not with the part: what is stored is not found again, should the part fail and be repeated.
    const reportFound = (): void => {
      const found = comparison.takeFound();
      telemetry.sentAfterFound(account.sid, found);
      for (const { relation } of found) this.uncounted.set(relation, (this.uncounted.get(relation) ?? 0) + 1);
      this.countFound();
    };
    try {
      for await (const page of pages) {
        await comparison.add(page);
        reportFound();
      }
      return await comparison.end();
    } finally {
      reportFound();
    }
  }

  /** Once Prometheus has seen the counters of this process at 0: a counter that begins above it shows no increase, and raises no alert. */
  private countFound(): void {
    const { times, telemetry } = this.options;
    if (performance.now() - this.startedAt < times.scrapeMs) return;
    for (const [relation, count] of this.uncounted) telemetry.sentAfterCounted(relation, count);
    this.uncounted.clear();
  }

  private async waitForTurn(): Promise<void> {
    const { lease, times, stopping: signal } = this.options;
    await delay(times.requestGapMs, undefined, { signal });
    if (!(await lease.hold())) throw new Error('another worker reads the message log');
  }

  private report(account: string, span: CheckedSpan, part: ComparedPart): void {
    const { counts, telemetry } = this.options;
    for (const [sender, count] of part.sent) counts.add('sent', sender, count);
    telemetry.sentChecked(account, span, part);
  }

  private async reportAge(): Promise<void> {
    const { progress, accounts, redisNow, telemetry } = this.options;
    const [read, now] = await Promise.all([progress.readAll(), redisNow()]);
    for (const { sid } of accounts) {
      const span = read.get(sid);
      if (span) telemetry.sentCheckAge(sid, Math.max(0, now - span.until));
    }
  }
}

/** Twilio's times are to the second, so each message is counted in one of two parts whose limits are. */
const toSecond = (at: number): number => Math.floor(at / 1_000) * 1_000;
