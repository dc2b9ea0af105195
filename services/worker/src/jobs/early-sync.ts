import { isOptedOut, toJobError, type Subject } from '@optout-sync/shared/domain';
import type { Ledger, SettledEvent } from '@optout-sync/shared/ledger';
import { enqueueSync, enqueueSyncs, type SyncRequest, type TracedSubject } from '@optout-sync/shared/queues';
import type { UnappliedIndex } from '@optout-sync/shared/reconcile';
import { inSpan, linkOf } from '@optout-sync/shared/tracing';
import type { Consent } from '../destinations/destination';
import { isFirstOptOut } from '../destinations/early-destination';
import type { SyncTarget } from '../destinations/sync-target';
import type { AfterJobs } from '../runner/after-jobs';
import type { Attempt } from '../runner/job-kind';
import { applyVersion, type AppliedEvents, type ApplyContext } from './apply-version';
import { DeferredMatching, type MatchingEvents } from './deferred-matching';

export interface EarlySyncEvents extends AppliedEvents {
  /** A version was written to everyone who was found, before it is known who has the number. @param events wait for it */
  written(subject: Subject, events: readonly SettledEvent[]): void;
}

interface EarlySyncContext extends ApplyContext {
  readonly ledger: Pick<Ledger, 'read' | 'markEarly' | 'markApplied'>;
  readonly unapplied: Pick<UnappliedIndex, 'touch' | 'remove'>;
  readonly afterJobs: Pick<AfterJobs, 'add'>;
  readonly telemetry: EarlySyncEvents;
}

/** How an early sync ended; `written`: the version will be applied later. `undefined`: the sync has to do everything. */
export type EarlySync = (
  target: SyncTarget,
  consent: Consent,
  at: Attempt,
) => Promise<'written' | 'applied' | 'no_match' | undefined>;

/** In ms. The search for phones without a job takes such a phone next. */
const OVERDUE_MS = 60_000;

/**
 * Writes first opt-outs before it is known who has which number; see `EarlyDestination`. The job of a phone ends at that.
 * Matching people to phones, the write to each of them, and the outcome follow without a job:
 *
 *   search -> write to all who are found -> mark as written  -> match -> read the ledger -> write -> mark as applied
 *
 * While it waits, the phone is in the index of unapplied entries, with the time of now, so that nobody looks for its job. When
 * the matching fails, or the worker dies, a sync does all of it, and none of it early: the version is marked as written.
 */
export function earlySync(context: EarlySyncContext): EarlySync {
  const { ledger, telemetry } = context;
  /** By workspace: none waits for the requests of another. */
  const matchings = new Map<string, DeferredMatching>();
  const matchingOf = (target: SyncTarget, workspace: string): DeferredMatching => {
    const known =
      matchings.get(workspace) ?? new DeferredMatching(matchingEvents(context, target), context.afterJobs);
    matchings.set(workspace, known);
    return known;
  };
  return async (target, consent, at) => {
    const { early } = target;
    if (!early || !isFirstOptOut(consent)) return undefined;
    const { subject, entry } = consent;
    const matching = matchingOf(target, subject.workspace);
    if (matching.isFull) return undefined;
    const found = await early.write(consent);
    if (found === undefined) return undefined;
    if (!('phones' in found)) {
      return applyVersion(context, { ...target, main: early.complete(found) }, consent, at);
    }
    const marked = ledger.markEarly(subject, entry.version);
    matching.defer(found, { subject, storing: marked, link: linkOf() });
    await marked;
    const waiting = entry.history.filter(({ outcome }) => outcome === 'pending');
    telemetry.written(subject, waiting);
    return 'written';
  };
}

function matchingEvents(context: EarlySyncContext, target: SyncTarget): MatchingEvents {
  const { queues, unapplied, now } = context;
  const touch = (subjects: readonly TracedSubject[], at: number): Promise<void> =>
    unapplied.touch(subjects, at).catch(() => undefined);
  const request = (subject: TracedSubject): SyncRequest => ({ version: 1, ...subject });
  return {
    hold: (subjects) => touch(subjects, now()),
    matched: (subject, people) =>
      inSpan('apply later', { causes: [subject.traceparent] }, () =>
        complete(context, target, subject, people),
      )
        // Where Redis fails, the index has the phone.
        .catch(() => enqueueSync(queues, request(subject), { lane: 'live' }).catch(() => undefined)),
    async failed(subjects, error) {
      if (toJobError(error).kind === 'aborted') await touch(subjects, now() - OVERDUE_MS);
      // Not by the index alone: a worker of an earlier release, which may follow, does not search it.
      await enqueueSyncs(queues, subjects.map(request), 'live').catch(() => undefined);
    },
  };
}

/** Applies the present version, unless a sync of the phone has done it or a newer word follows. */
async function complete(
  context: EarlySyncContext,
  { early, optional, policy, compare }: SyncTarget,
  subject: TracedSubject,
  people: readonly string[],
): Promise<void> {
  const entry = await context.ledger.read(subject);
  const optedOut = entry && isOptedOut([...entry.senders.values()], policy);
  if (!early || !entry || !optedOut || entry.appliedVersion > 0) return;
  await applyVersion(
    context,
    { main: early.complete(people), optional, compare },
    { subject, entry, optedOut },
    { lane: 'live' },
  );
}
