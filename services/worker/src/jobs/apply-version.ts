import type { JobStores } from '@optout-sync/shared/dead-letters';
import type { Subject } from '@optout-sync/shared/domain';
import type { Ledger, SettledEvent } from '@optout-sync/shared/ledger';
import { enqueueSync } from '@optout-sync/shared/queues';
import type { Findings, SecondLooks, UnappliedIndex } from '@optout-sync/shared/reconcile';
import type { Consent } from '../destinations/destination';
import { namesOf, type DestinationRequests } from '../destinations/destination-requests';
import type { SyncTarget } from '../destinations/sync-target';
import type { Attempt } from '../runner/job-kind';

export interface AppliedEvents {
  /**
   * @param settled the inbound events that have their outcome now
   * @param people how many people were written to
   * @param at the attempt of the job that wrote it
   * @param earlyVersion the version that Customer.io held before, by an early write
   */
  settled(
    subject: Subject,
    outcome: 'applied' | 'no_match',
    settled: readonly SettledEvent[],
    people: number,
    at: Attempt,
    earlyVersion: number | undefined,
  ): void;
}

export interface ApplyContext {
  readonly ledger: Pick<Ledger, 'markApplied'>;
  readonly queues: JobStores;
  readonly looks: Pick<SecondLooks, 'schedule' | 'scheduleOne'>;
  readonly findings: Pick<Findings, 'replace'>;
  readonly unapplied: Pick<UnappliedIndex, 'remove'>;
  readonly destinationRequests: Pick<DestinationRequests, 'announce' | 'enqueue'>;
  readonly telemetry: AppliedEvents;
  /** In ms since 1970, by the clock that events are received by. */
  readonly now: () => number;
  /** See `ReconcileTimes`. */
  readonly lagMs: number;
}

/** In ms. A value that was set in Customer.io since an older opt-out wins over it, so the write may have changed nothing. */
const MAY_LOSE_AFTER_MS = 600_000;

/**
 * Writes the present version to Customer.io, marks it as applied, and requests the optional destinations.
 *
 * @returns the outcome of its events
 * @throws {JobError} when Customer.io does not accept it
 */
export async function applyVersion(
  context: ApplyContext,
  { main, optional, compare }: Pick<SyncTarget, 'main' | 'optional' | 'compare'>,
  consent: Consent,
  at: Attempt,
): Promise<'applied' | 'no_match'> {
  const { ledger, queues, looks, findings, unapplied, destinationRequests, telemetry, now, lagMs } = context;
  const { subject, entry, optedOut } = consent;
  const { lane } = at;
  const found = await main(consent);
  const people = found ?? [];
  const outcome = found?.length === 0 ? 'no_match' : 'applied';
  const mayHaveLost = compare && now() - entry.timestamp * 1_000 > MAY_LOSE_AFTER_MS;
  if (outcome === 'no_match' && optedOut) await looks.schedule(subject);
  // What is done in the background, such as an import, is left to the sweep: its looks would be as many as its phones.
  else if (optedOut && mayHaveLost && lane !== 'background') await looks.scheduleOne(subject, lagMs);
  // What an earlier version left differing is written now. Who no longer has the number is not among these people.
  if (entry.appliedVersion > 0) await findings.replace(subject, {}, ['missing', 'reverted', 'looser_policy']);
  await destinationRequests.announce(subject, optional);
  const { needsSync, settled } = await ledger.markApplied(
    subject,
    entry.version,
    { outcome, people },
    namesOf(optional).map((name) => ({ name, toPeople: optional[name]?.toPeople ?? false })),
  );
  if (needsSync) await enqueueSync(queues, { version: 1, ...subject }, { lane });
  else await unapplied.remove(subject);
  telemetry.settled(subject, outcome, settled, people.length, at, entry.earlyVersion);
  await destinationRequests.enqueue(subject, optional, lane);
  return outcome;
}
