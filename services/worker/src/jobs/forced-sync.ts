import { isPresentNumberStopped } from '@optout-sync/customerio';
import type { Subject } from '@optout-sync/shared/domain';
import type { Ledger, LedgerEntry } from '@optout-sync/shared/ledger';
import type { Lane } from '@optout-sync/shared/queues';
import {
  DriftKind,
  type Drift,
  type Findings,
  type Newcomers,
  type PassCount,
  type SecondLooks,
  type SyncMark,
} from '@optout-sync/shared/reconcile';
import type { Compare, Compared } from '../destinations/compare';
import { stoppedSenders, type Consent } from '../destinations/destination';
import type { DestinationRequests } from '../destinations/destination-requests';
import type { SyncTarget } from '../destinations/sync-target';

export interface ForcedSyncEvents {
  /** Customer.io was compared with the ledger, and in mode `enforce` corrected. */
  compared(subject: Subject, mark: Pick<SyncMark, 'reason' | 'mode'>, result: Compared): void;
}

/** How a forced sync ended, and what it adds to the passes that asked for it. */
interface ForcedSyncResult {
  readonly outcome: 'enforced' | 'reported' | 'up_to_date';
  readonly counts: readonly PassCount[];
}

/**
 * Brings an applied opt-out into force for everyone who has the number now. People who have got it since are written to the
 * native list by its own job, in the background.
 */
export type ForcedSync = (
  consent: Consent,
  target: Pick<SyncTarget, 'optional' | 'policy' | 'defaultCountry'> & { readonly compare: Compare },
  mark: SyncMark,
  lane: Lane,
) => Promise<ForcedSyncResult>;

const NOTHING: ForcedSyncResult = { outcome: 'up_to_date', counts: [] };

export function forcedSync(context: {
  readonly ledger: Pick<Ledger, 'readWhole' | 'now' | 'raiseTimestamp' | 'markChecked'>;
  readonly findings: Pick<Findings, 'peopleOf' | 'replace'>;
  readonly looks: Pick<SecondLooks, 'scheduleOne'>;
  readonly newcomers: Pick<Newcomers, 'list'>;
  readonly destinationRequests: Pick<DestinationRequests, 'announce' | 'enqueue'>;
  readonly telemetry: ForcedSyncEvents;
  /** See `ReconcileTimes`. */
  readonly lagMs: number;
}): ForcedSync {
  const { ledger, findings, looks, newcomers, destinationRequests, telemetry, lagMs } = context;
  return async (consent, target, mark, lane) => {
    const { subject, entry } = consent;
    const { compare, optional } = target;
    const orphans = await findings.peopleOf(subject, 'orphaned');
    if (!mayDiffer(consent, mark) && orphans.length === 0) return NOTHING;
    const compared = await compare(consent, {
      mode: mark.mode,
      lane,
      newcomers: await newcomers.list(subject),
      now: await ledger.now(),
      lagMs,
      pace: mark.passes.requested === undefined ? 'quarter' : 'full',
      allowOptIn: mark.allowOptIn,
      orphans,
      isStopped: (stored) => isPresentNumberStopped(ledger, subject, stored, target),
      raise: (times) => ledger.raiseTimestamp(subject, entry.version, times),
    });
    if (!compared) return NOTHING;
    const { people, read, written, isSettling } = compared;
    const native = hasNewcomers(entry, people) && optional.native ? { native: optional.native } : {};
    await destinationRequests.announce(subject, native);
    await ledger.markChecked(subject, entry.version, {
      people,
      read,
      wrote: written > 0,
      writes: writesOf(compared, mark),
    });
    await destinationRequests.enqueue(subject, native, 'background');
    if (read) await findings.replace(subject, openAfter(compared));
    if (isSettling && mark.mode === 'enforce') await looks.scheduleOne(subject, lagMs);
    telemetry.compared(subject, mark, compared);
    return { outcome: outcomeOf(compared, mark), counts: countsOf(compared, mark) };
  };
}

/** Whether the number is opted out, was so by another policy, or somebody may be set back. */
function mayDiffer({ entry, optedOut }: Consent, { allowOptIn }: SyncMark): boolean {
  return optedOut || stoppedSenders(entry).length > 0 || allowOptIn.length > 0;
}

function outcomeOf({ written }: Compared, { mode }: SyncMark): ForcedSyncResult['outcome'] {
  if (mode === 'report') return 'reported';
  return written > 0 ? 'enforced' : 'up_to_date';
}

/** What was written to whom, as operators see it. */
function writesOf(
  { corrected }: Compared,
  { reason }: SyncMark,
): { reason: string; kind: DriftKind; people: readonly string[] }[] {
  return DriftKind.options.flatMap((kind) => {
    const people = corrected[kind] ?? [];
    return people.length > 0 ? [{ reason, kind, people }] : [];
  });
}

/** Returns what differs still. */
function openAfter({ drift, corrected }: Compared): Drift {
  const open = (kind: DriftKind): string[] =>
    (drift[kind] ?? []).filter((cioId) => !corrected[kind]?.includes(cioId));
  return Object.fromEntries(DriftKind.options.map((kind) => [kind, open(kind)]));
}

function countsOf({ drift, corrected, read, isSettling }: Compared, { unverified }: SyncMark): PassCount[] {
  const counts = DriftKind.options.flatMap((kind): PassCount[] => [
    [`found:${kind}`, drift[kind]?.length ?? 0],
    [`repaired:${kind}`, corrected[kind]?.length ?? 0],
  ]);
  return [
    ...counts.filter(([, n]) => n > 0),
    ['unverified', unverified && read ? -1 : 0],
    ['settling', isSettling ? 1 : 0],
  ];
}

function hasNewcomers({ people: before }: LedgerEntry, people: readonly string[]): boolean {
  const known = new Set(before);
  return people.some((cioId) => !known.has(cioId));
}
