import type { Cluster, Redis } from 'ioredis';
import { isBlockedSend, type InboundEvent, type Subject } from '@optout-sync/shared/domain';
import type { Ledger } from '@optout-sync/shared/ledger';
import type { Lane } from '@optout-sync/shared/queues';

/**
 * Requests a sync that compares what Customer.io holds for a phone with the ledger, although the present version is applied.
 * Safe to repeat.
 */
export type RequestForcedSync = (subject: Subject, lane: Lane) => Promise<void>;

/** How often the people and the blocked sends of one phone may request a forced sync: once in this time, in ms. */
const INTERVAL_MS = { message: 60_000, blocked_send: 6 * 3_600_000 } as const;

/**
 * Requests a forced sync when an opt-out confirms one that is applied, since it hints that Customer.io has lost it: for a
 * message of the person in the lane of its job, at most once a minute and phone; for a blocked send in the background lane, at
 * most once in 6 hours and phone. The times are marks in Redis that expire, so they hold for all workers together.
 *
 * Known hole: when Redis fails between the record of the event and the request, no sync is requested. The next confirmation
 * requests one.
 */
export class RepeatedOptOuts {
  constructor(
    private readonly deps: {
      readonly redis: Redis | Cluster;
      readonly prefix: string;
      readonly ledger: Pick<Ledger, 'read' | 'now'>;
      /** See `ReconcileTimes`: most confirmations are the same message by another route, soon after it was applied. */
      readonly lagMs: number;
      readonly requestForcedSync: RequestForcedSync;
    },
  ) {}

  async confirm(subject: Subject, event: InboundEvent, lane: Lane): Promise<void> {
    const { redis, requestForcedSync } = this.deps;
    const blocked = event.source === 'status_callback' || isBlockedSend(event);
    const cause = blocked ? 'blocked_send' : 'message';
    const mark = this.markOf(subject, cause);
    // First, since most confirmations end here: an entry may hold a thousand messages.
    if ((await redis.exists(mark)) === 1 || (await this.isJustWritten(subject))) return;
    if ((await redis.set(mark, '1', 'PX', INTERVAL_MS[cause], 'NX')) === null) return;
    await requestForcedSync(subject, blocked ? 'background' : lane);
  }

  private async isJustWritten(subject: Subject): Promise<boolean> {
    const { ledger, lagMs } = this.deps;
    const writtenAt = (await ledger.read(subject))?.writtenAt ?? 0;
    return (await ledger.now()) - writtenAt < lagMs;
  }

  private markOf({ workspace, channel, phone }: Subject, cause: keyof typeof INTERVAL_MS): string {
    return `${this.deps.prefix}:confirmed:${cause}:{${workspace}:${channel}:${phone}}`;
  }
}
