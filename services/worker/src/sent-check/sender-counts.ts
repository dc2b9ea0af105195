import type { Cluster, Redis } from 'ioredis';
import type { WorkerConfig } from '@optout-sync/shared/config';
import { SenderLabels } from '@optout-sync/shared/sent-after';
import type { SentCheckTimes } from './times';

/** What is counted by sender. */
export type SenderCount = 'sent' | 'optOuts';

export interface SenderCountEvents {
  /** Adds to the series of a sender; with 0 it only begins. */
  senderCounted(what: SenderCount, label: string, count: number): void;
}

interface SenderCountsOptions {
  readonly labels: SenderLabels;
  /** How long a new series stands at 0, so that Prometheus sees it increase. */
  readonly scrapeMs: number;
  readonly telemetry: SenderCountEvents;
}

/** Counts messages and opt-outs by sender, in memory until their series has been at 0 for a while. */
export class SenderCounts {
  private readonly pending: Readonly<Record<SenderCount, Map<string, number>>> = {
    sent: new Map(),
    optOuts: new Map(),
  };
  /** When the series of a label began, by `performance.now()`. */
  private readonly begunAt = new Map<string, number>();

  constructor(private readonly options: SenderCountsOptions) {}

  add(what: SenderCount, sender: string, count: number): void {
    const pending = this.pending[what];
    pending.set(sender, (pending.get(sender) ?? 0) + count);
  }

  /** Begins the series of new senders, and adds what is pending to those that have begun long enough ago. */
  async flush(): Promise<void> {
    const { labels, scrapeMs, telemetry } = this.options;
    const senders = new Set([...this.pending.sent.keys(), ...this.pending.optOuts.keys()]);
    const added = await labels.add(senders);
    const now = performance.now();
    for (const label of [...added, ...[...senders].map((sender) => labels.labelOf(sender))]) {
      if (this.begunAt.has(label)) continue;
      this.begunAt.set(label, now);
      for (const what of ['sent', 'optOuts'] as const) telemetry.senderCounted(what, label, 0);
    }
    for (const [what, pending] of Object.entries(this.pending) as [SenderCount, Map<string, number>][]) {
      for (const [sender, count] of pending) {
        const label = labels.labelOf(sender);
        if (now - (this.begunAt.get(label) ?? now) < scrapeMs) continue;
        telemetry.senderCounted(what, label, count);
        pending.delete(sender);
      }
    }
  }
}

/** @returns `undefined` where Twilio's message log is not read */
export function openSenderCounts({
  redis,
  config,
  sentCheckTimes: { scrapeMs },
  telemetry,
}: {
  readonly redis: Redis | Cluster;
  readonly config: Pick<WorkerConfig, 'redis' | 'senderNameOf' | 'sentCheck'>;
  readonly sentCheckTimes: SentCheckTimes;
  readonly telemetry: SenderCountEvents;
}): SenderCounts | undefined {
  if (!config.sentCheck) return undefined;
  const labels = new SenderLabels(redis, config.redis.prefix, config.senderNameOf);
  return new SenderCounts({ labels, scrapeMs, telemetry });
}
