import type { Cluster, Redis } from 'ioredis';
import { isBlockedSend, type InboundEvent, type Subject } from '@optout-sync/shared/domain';
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
    private readonly redis: Redis | Cluster,
    private readonly prefix: string,
    private readonly requestForcedSync: RequestForcedSync,
  ) {}

  async confirm(subject: Subject, event: InboundEvent, lane: Lane): Promise<void> {
    const blocked = event.source === 'status_callback' || isBlockedSend(event);
    if (!(await this.mark(subject, blocked ? 'blocked_send' : 'message'))) return;
    await this.requestForcedSync(subject, blocked ? 'background' : lane);
  }

  /** Resolves with whether the subject has no mark of this cause yet. */
  private async mark(
    { workspace, channel, phone }: Subject,
    cause: keyof typeof INTERVAL_MS,
  ): Promise<boolean> {
    const key = `${this.prefix}:confirmed:${cause}:{${workspace}:${channel}:${phone}}`;
    return (await this.redis.set(key, '1', 'PX', INTERVAL_MS[cause], 'NX')) === 'OK';
  }
}
