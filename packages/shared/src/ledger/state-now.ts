import { isOptedOut, type ConsentPolicy } from '../domain/consent';
import { latest } from '../domain/order';
import type { Reason } from '../domain/reason';
import type { LedgerEntry } from './ledger-entry';

/** The present state of an entry. */
export interface StateNow {
  readonly state: 'stopped' | 'started';
  /**
   * In ms since 1970. Opted out under the policy `any`: the time of the oldest opt-out in force, which repeated ones do not move. Else that of the latest
   * state: its START, or the first of its STOPs.
   */
  readonly since: number;
  readonly stoppedSenders: readonly string[];
  /** Why, each once: the reasons of the senders that have that state. */
  readonly reasons: readonly Reason[];
}

/**
 * Returns the state over all senders by the policy of the workspace; with `sender`, the state with that sender alone.
 * `undefined` when no sender has received STOP or START.
 */
export function stateNow(entry: LedgerEntry, policy: ConsentPolicy, sender?: string): StateNow | undefined {
  const considered = [...entry.senders].filter(([name]) => sender === undefined || name === sender);
  const consents = considered.map(([, consent]) => consent);
  const last = latest(consents);
  if (!last) return undefined;
  const stopped = considered.filter(([, { state }]) => state === 'stopped');
  const optedOut = isOptedOut(consents, policy) === true;
  const since =
    optedOut && policy === 'any' ? Math.min(...stopped.map(([, { since }]) => since)) : last.since;
  const state = optedOut ? 'stopped' : 'started';
  const inForce = consents.filter((consent) => consent.state === state);
  return {
    state,
    since,
    stoppedSenders: stopped.map(([name]) => name),
    reasons: [...new Set(inForce.map(({ reason }) => reason))],
  };
}
