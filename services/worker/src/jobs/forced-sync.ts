import type { Subject, ReconcileMode } from '@optout-sync/shared/domain';
import type { Ledger, LedgerEntry } from '@optout-sync/shared/ledger';
import type { Lane } from '@optout-sync/shared/queues';
import type { Newcomers, SyncMark } from '@optout-sync/shared/reconcile';
import type { Compare, Compared } from '../destinations/compare';
import type { Consent } from '../destinations/destination';
import type { DestinationRequests } from '../destinations/destination-requests';
import type { SyncTarget } from '../destinations/sync-target';

export interface ForcedSyncEvents {
  /** Customer.io was compared with the ledger, and in mode `enforce` corrected. */
  compared(subject: Subject, mark: Pick<SyncMark, 'reason' | 'mode'>, result: Compared): void;
}

/**
 * Brings an applied opt-out into force for everyone who has the number now. People who have got it since are written to the
 * native list by its own job, in the background.
 */
export type ForcedSync = (
  consent: Consent,
  target: Pick<SyncTarget, 'optional'> & { readonly compare: Compare },
  mark: Pick<SyncMark, 'reason' | 'mode'>,
  lane: Lane,
) => Promise<'enforced' | 'reported' | 'up_to_date'>;

const OUTCOMES = { enforce: 'enforced', report: 'reported' } as const satisfies Record<ReconcileMode, string>;

export function forcedSync(context: {
  readonly ledger: Pick<Ledger, 'now' | 'raiseTimestamp' | 'markChecked'>;
  readonly destinationRequests: Pick<DestinationRequests, 'announce' | 'enqueue'>;
  readonly newcomers: Pick<Newcomers, 'list'>;
  readonly telemetry: ForcedSyncEvents;
  /** See `ReconcileTimes`. */
  readonly lagMs: number;
}): ForcedSync {
  const { ledger, newcomers, destinationRequests, telemetry, lagMs } = context;
  return async (consent, { compare, optional }, mark, lane) => {
    const { subject, entry } = consent;
    const compared = await compare(consent, {
      mode: mark.mode,
      lane,
      newcomers: await newcomers.list(subject),
      now: await ledger.now(),
      lagMs,
      raise: (times) => ledger.raiseTimestamp(subject, entry.version, times),
    });
    if (!compared) return 'up_to_date';
    const { people, read, written } = compared;
    const native = hasNewcomers(entry, people) && optional.native ? { native: optional.native } : {};
    await destinationRequests.announce(subject, native);
    await ledger.markChecked(subject, entry.version, { people, read, wrote: written > 0 });
    await destinationRequests.enqueue(subject, native, 'background');
    telemetry.compared(subject, mark, compared);
    return written > 0 || mark.mode === 'report' ? OUTCOMES[mark.mode] : 'up_to_date';
  };
}

function hasNewcomers({ people: before }: LedgerEntry, people: readonly string[]): boolean {
  const known = new Set(before);
  return people.some((cioId) => !known.has(cioId));
}
