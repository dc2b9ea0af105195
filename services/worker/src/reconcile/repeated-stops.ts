import type { Cluster, Redis } from 'ioredis';
import type { InboundEvent, ReconcileMode, Subject } from '@optout-sync/shared/domain';
import type { Ledger } from '@optout-sync/shared/ledger';
import type { Lane } from '@optout-sync/shared/queues';
import { reconcileKey } from '@optout-sync/shared/reconcile';
import type { ForcedSyncRequests } from './forced-sync-requests';

/** In ms. At most one forced sync of a phone in this time. */
const ONCE_IN_MS = { person: 60_000, blockedSend: 6 * 3_600_000 };

/**
 * A STOP of a phone whose opt-out is applied already: the person says it again, which is reason enough to look at once; or
 * Twilio refused a message (21610), which shows that Customer.io tried to send one.
 */
export class RepeatedStops {
  constructor(
    private readonly deps: {
      readonly redis: Redis | Cluster;
      readonly prefix: string;
      readonly requests: ForcedSyncRequests;
      readonly ledger: Pick<Ledger, 'read' | 'now'>;
      readonly mode: ReconcileMode;
      /** See `ReconcileTimes`: most repetitions are the same message by another route, soon after it was applied. */
      readonly lagMs: number;
    },
  ) {}

  /**
   * Asks for a forced sync of the phone, unless it was written or one was asked for a short time ago.
   *
   * @param lane of the event
   */
  async compare(subject: Subject, { source }: Pick<InboundEvent, 'source'>, lane: Lane): Promise<void> {
    const { redis, prefix, requests, ledger, mode, lagMs } = this.deps;
    const writtenAt = (await ledger.read(subject))?.writtenAt ?? 0;
    if ((await ledger.now()) - writtenAt < lagMs) return;
    const isBlocked = source === 'status_callback';
    const key = `${reconcileKey(prefix, subject.workspace, 'repeated')}:${subject.channel}:${subject.phone}`;
    const field = isBlocked ? `${key}:blocked` : key;
    const ms = isBlocked ? ONCE_IN_MS.blockedSend : ONCE_IN_MS.person;
    if ((await redis.set(field, '1', 'PX', ms, 'NX')) === null) return;
    await requests.request(subject, { reason: 'repeated_stop', mode }, isBlocked ? 'background' : lane);
  }
}
