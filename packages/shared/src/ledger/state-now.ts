import { isOptedOut, type ConsentPolicy } from '../domain/consent';
import { latest } from '../domain/order';
import type { Reason } from '../domain/reason';
import type { LedgerConsent, LedgerEntry } from './ledger-entry';

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
  const considered = new Map([...entry.senders].filter(([name]) => sender === undefined || name === sender));
  const standing = standingConsent(considered, policy);
  if (!standing) return undefined;
  const [, { state, since }] = standing;
  const inForce = [...considered.values()].filter((consent) => consent.state === state);
  return {
    state,
    since,
    stoppedSenders: [...considered].filter(isStopped).map(([name]) => name),
    reasons: [...new Set(inForce.map(({ reason }) => reason))],
  };
}

/**
 * Returns the sender that the state over all senders rests on, and the consent with it. Opted out under the policy `any`: the one
 * with the oldest opt-out in force. Else the latest. `undefined` where there is no consent with any sender.
 */
export function standingConsent(
  senders: LedgerEntry['senders'],
  policy: ConsentPolicy,
): readonly [sender: string, consent: LedgerConsent] | undefined {
  const consents = [...senders.values()];
  const last = latest(consents);
  if (policy === 'any' && isOptedOut(consents, policy)) {
    return [...senders]
      .filter(isStopped)
      .reduce((oldest, next) => (next[1].since < oldest[1].since ? next : oldest));
  }
  return [...senders].find(([, consent]) => consent === last);
}

function isStopped([, { state }]: readonly [string, LedgerConsent]): boolean {
  return state === 'stopped';
}
