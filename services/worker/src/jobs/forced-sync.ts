import type { Subject, ReconcileMode } from '@optout-sync/shared/domain';
import type { Ledger } from '@optout-sync/shared/ledger';
import type { Lane } from '@optout-sync/shared/queues';
import type { Newcomers, SyncMark } from '@optout-sync/shared/reconcile';
import type { Compare, Compared } from '../destinations/compare';
import type { Consent } from '../destinations/destination';

export interface ForcedSyncEvents {
  /** Customer.io was compared with the ledger, and in mode `enforce` corrected. */
  compared(subject: Subject, mark: Pick<SyncMark, 'reason' | 'mode'>, result: Compared): void;
}

/** Brings an applied opt-out into force for everyone who has the number now. */
export type ForcedSync = (
  consent: Consent,
  compare: Compare,
  mark: Pick<SyncMark, 'reason' | 'mode'>,
  lane: Lane,
) => Promise<'enforced' | 'reported' | 'up_to_date'>;

const OUTCOMES = { enforce: 'enforced', report: 'reported' } as const satisfies Record<ReconcileMode, string>;

export function forcedSync(context: {
  readonly ledger: Pick<Ledger, 'now' | 'raiseTimestamp' | 'markChecked'>;
  readonly newcomers: Pick<Newcomers, 'list'>;
  readonly telemetry: ForcedSyncEvents;
  /** See `ReconcileTimes`. */
  readonly lagMs: number;
}): ForcedSync {
  const { ledger, newcomers, telemetry, lagMs } = context;
  return async (consent, compare, mark, lane) => {
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
    await ledger.markChecked(subject, entry.version, { people, read, wrote: written > 0 });
    telemetry.compared(subject, mark, compared);
    return written > 0 || mark.mode === 'report' ? OUTCOMES[mark.mode] : 'up_to_date';
  };
}
