import type { PersonVerdict, Verification, Waiting } from '@optout-sync/operations';
import type { EventKind, EventSource } from '@optout-sync/shared/domain';
import type { RecordedOutcome } from '@optout-sync/shared/ledger';
import type { DriftKind } from '@optout-sync/shared/reconcile';
import type { Tone } from '../../views/badge';

/*
 * The words of the pages about people, in one place.
 */

export const KIND_TEXTS: Readonly<Record<EventKind, string>> = {
  stop: 'STOP',
  start: 'START',
  help: 'HELP',
  review: 'for review',
};

export const SOURCE_TEXTS: Readonly<Record<EventSource, string>> = {
  webhook: 'webhook',
  event_stream: 'Event Streams',
  status_callback: 'blocked send',
  studio: 'Studio',
  backfill: 'backfill',
  manual: 'by hand',
  import: 'import',
};

export const OUTCOMES: Readonly<Record<RecordedOutcome, { readonly tone: Tone; readonly text: string }>> = {
  pending: { tone: 'warn', text: 'pending' },
  applied: { tone: 'good', text: 'applied' },
  no_match: { tone: 'quiet', text: 'nobody has the number' },
  ignored: { tone: 'quiet', text: 'changes nothing' },
  stale: { tone: 'quiet', text: 'replaced by a later message' },
  dead_lettered: { tone: 'bad', text: 'in the dead letters' },
};

export const DRIFT_TEXTS: Readonly<Record<DriftKind, string>> = {
  missing: 'have the number and not the attribute',
  reverted: 'have the number and another value than true',
  orphaned: 'are opted out by this number and no longer have it',
  looser_policy: 'are opted out, which the present consent policy no longer asks for',
};

/** What a verdict on a person means, and what to do. */
export const VERDICT_TEXTS: Readonly<Record<PersonVerdict, string>> = {
  ok: 'As the ledger says.',
  missing:
    'Has the number and not the attribute: have it corrected, or wait for the next sweep that enforces.',
  reverted: 'Has the number and another value: have it corrected, or wait for the next sweep that enforces.',
  orphaned:
    'Is opted out by this number and no longer has it. Nothing is written by itself: only their own START, or an operator, sets them back.',
  looser_policy:
    'Is opted out, and the present consent policy no longer asks for it. Only their own START, or an operator, sets them back.',
  opted_out_elsewhere:
    'Is opted out, and no sender of the number is stopped: somebody else set it. It stays.',
  unreadable: 'Was written to, and Customer.io does not return an attribute with a dot in its name.',
  pending:
    'Holds another value, and the write is to come or may not be readable yet: verify again in a minute.',
};

export const CONCLUSIONS: Readonly<
  Record<Verification['verdict'], { readonly tone: 'good' | 'bad' | 'warn'; readonly text: string }>
> = {
  ok: { tone: 'good', text: 'Customer.io agrees with the ledger.' },
  differs: { tone: 'bad', text: 'Customer.io differs from the ledger.' },
  pending: { tone: 'warn', text: 'Customer.io does not show the present version yet.' },
  no_profile: {
    tone: 'good',
    text: 'Nobody in Customer.io has the number. Whoever gets it is opted out as the ledger says.',
  },
};

/** Why the latest version waits, but for a dead letter, which is linked. */
export const WAITING_TEXTS: Readonly<Record<Waiting['kind'], string>> = {
  queued: 'no worker has taken its sync yet. Is one running?',
  active: 'a worker has its sync, and waits for its turn at Customer.io or for an answer.',
  failing: 'its last attempt failed. A worker tries again by itself.',
  dead_lettered: 'it is in the dead letters.',
  lost: 'it has no job: the reconciler requests its sync within a minute. If its dead letter was discarded, only an opt-out is applied, by the next sweep that enforces.',
};
