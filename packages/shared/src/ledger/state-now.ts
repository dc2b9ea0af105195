import { isOptedOut, supersedes, type ConsentPolicy } from '../domain/consent';
import type { LedgerConsent, LedgerEntry } from './ledger-entry';

/** The present state of an entry. */
export interface StateNow {
  readonly state: 'stopped' | 'started';
  /**
   * In ms since 1970. Opted out under the policy `any`: the time of the oldest opt-out in force. Else the time of the latest
   * STOP or START.
   */
  readonly since: number;
  readonly stoppedSenders: readonly string[];
}

/**
 * Returns the state over all senders by the policy of the workspace; with `sender`, the state with that sender alone.
 * `undefined` when no sender has received STOP or START.
 */
export function stateNow(entry: LedgerEntry, policy: ConsentPolicy, sender?: string): StateNow | undefined {
  const considered = [...entry.senders].filter(([name]) => sender === undefined || name === sender);
  const consents = considered.map(([, consent]) => consent);
  const last = lastOf(consents);
  if (!last) return undefined;
  const stopped = considered.filter(([, { state }]) => state === 'stopped');
  const optedOut = isOptedOut(consents, policy) === true;
  const since =
    optedOut && policy === 'any'
      ? Math.min(...stopped.map(([, { occurredAt }]) => occurredAt))
      : last.occurredAt;
  return { state: optedOut ? 'stopped' : 'started', since, stoppedSenders: stopped.map(([name]) => name) };
}

function lastOf(consents: readonly LedgerConsent[]): LedgerConsent | undefined {
  return consents.reduce<LedgerConsent | undefined>(
    (last, next) => (supersedes(next, last) ? next : last),
    undefined,
  );
}
