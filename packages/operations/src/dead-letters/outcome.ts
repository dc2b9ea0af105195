import { setTimeout as delay } from 'node:timers/promises';
import type { WorkspaceOf } from '@optout-sync/shared/config';
import type { DeadLetter, StoredDeadLetter } from '@optout-sync/shared/dead-letters';
import type { DestinationName, InboundEvent, MessageSid } from '@optout-sync/shared/domain';
import { progressOf, type LedgerConsent, type RecordedOutcome } from '@optout-sync/shared/ledger';
import type { SyncRequest } from '@optout-sync/shared/queues';
import type { Stores } from '../stores';

const POLL_MS = 200;
/** Limit of the wait for all outcomes together. */
const WAIT_MS = 20_000;

/** How the replay of a dead letter ended. */
export type ReplayOutcome =
  /** It is a dead letter again. */
  | { readonly kind: 'failed_again'; readonly code: string }
  | { readonly kind: 'account_unknown' }
  | { readonly kind: 'recorded'; readonly outcome: RecordedOutcome }
  | { readonly kind: 'stale'; readonly newer: LedgerConsent }
  /** A sync: Customer.io is up to date. `stale` are the messages waiting for it that a newer one had superseded. */
  | { readonly kind: 'synced'; readonly stale: readonly Pick<InboundEvent, 'kind' | 'messageSid'>[] }
  /** An optional destination holds what Customer.io holds. */
  | { readonly kind: 'destination_written'; readonly destination: DestinationName }
  /** A forward was enqueued; its target has not necessarily answered. */
  | { readonly kind: 'forwarding' }
  /** Changed people are compared with the ledger by syncs of their own. */
  | { readonly kind: 'comparing' }
  /** No outcome within the wait. */
  | { readonly kind: 'open' };

type Deps = Pick<Stores, 'queues' | 'ledger'> & { readonly workspaceOf: WorkspaceOf };

/**
 * Waits up to 20 s for the outcome of each replayed dead letter, and returns them by id. Raw payloads have none.
 *
 * @param stop ends the waiting when it is aborted
 */
export async function replayOutcomes(
  deadLetters: readonly StoredDeadLetter[],
  deps: Deps,
  stop: AbortSignal = new AbortController().signal,
): Promise<Map<string, ReplayOutcome>> {
  const deadline = performance.now() + WAIT_MS;
  const outcomes = new Map<string, ReplayOutcome>();
  for (const stored of deadLetters) {
    if (stored.deadLetter.undone.type === 'raw') continue;
    let outcome = await outcomeOf(stored, deps);
    while (outcome === undefined && performance.now() < deadline && !stop.aborted) {
      await delay(POLL_MS);
      outcome = await outcomeOf(stored, deps);
    }
    outcomes.set(stored.id, outcome ?? { kind: 'open' });
  }
  return outcomes;
}

/** Whether the replay ended in the dead letters: the dead letter itself, or the sync of its event. */
export function isDeadAgain(outcome: ReplayOutcome): boolean {
  return (
    outcome.kind === 'failed_again' || (outcome.kind === 'recorded' && outcome.outcome === 'dead_lettered')
  );
}

/** Returns `undefined` while there is no outcome. */
async function outcomeOf(
  { id, deadLetter }: StoredDeadLetter,
  deps: Deps,
): Promise<ReplayOutcome | undefined> {
  const again = await deps.queues.deadLetters.get(id);
  if (again) return { kind: 'failed_again', code: again.deadLetter.code };
  return payloadOutcome(deadLetter.undone, deps);
}

async function payloadOutcome(undone: DeadLetter['undone'], deps: Deps): Promise<ReplayOutcome | undefined> {
  switch (undone.type) {
    case 'event':
      return eventOutcome(undone.event, deps);
    case 'sync':
      return syncOutcome(undone.request, undone.messageSids, deps);
    case 'destination':
      return destinationOutcome(undone, deps);
    case 'forward':
      return { kind: 'forwarding' };
    case 'people':
      return { kind: 'comparing' };
    case 'raw':
      return undefined;
    default:
      return undone satisfies never;
  }
}

async function eventOutcome(
  { accountSid, channel, phone, messageSid, sender }: InboundEvent,
  { ledger, workspaceOf }: Deps,
): Promise<ReplayOutcome | undefined> {
  const workspace = workspaceOf(accountSid, sender);
  if (workspace === undefined) return { kind: 'account_unknown' };
  const subject = { workspace, channel, phone };
  const recorded = await ledger.find(subject, messageSid);
  if (!recorded || recorded.outcome === 'pending') return undefined;
  const present = (await ledger.read(subject))?.senders.get(sender);
  return recorded.outcome === 'stale' && present
    ? { kind: 'stale', newer: present }
    : { kind: 'recorded', outcome: recorded.outcome };
}

async function destinationOutcome(
  { destination, request }: Extract<DeadLetter['undone'], { type: 'destination' }>,
  { ledger }: Deps,
): Promise<ReplayOutcome | undefined> {
  const entry = await ledger.read(request);
  if (!entry || progressOf(entry, destination).appliedVersion < entry.appliedVersion) return undefined;
  return { kind: 'destination_written', destination };
}

async function syncOutcome(
  request: SyncRequest,
  messageSids: readonly MessageSid[],
  { ledger }: Deps,
): Promise<ReplayOutcome | undefined> {
  const entry = await ledger.readWhole(request);
  if (!entry || entry.version > entry.appliedVersion) return undefined;
  const waiting = new Set(messageSids);
  const stale = entry.history.filter((event) => waiting.has(event.messageSid) && event.outcome === 'stale');
  return { kind: 'synced', stale };
}
