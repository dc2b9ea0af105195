import { isOptedOut, supersedes, type ConsentPolicy } from '../domain/consent';
import type { LedgerConsent, LedgerEntry } from './ledger-entry';

/** What an entry's consent comes to. */
export interface StateNow {
  readonly state: 'stopped' | 'started';
  /** In ms since 1970: for `any`, since when some sender was stopped without a break; else when the last word was said. */
  readonly since: number;
  readonly stoppedSenders: readonly string[];
}

/**
 * The state over all senders by the workspace's policy; with `sender`, that with this sender alone. `undefined` when none
 * of them has heard STOP or START.
 */
export function stateNow(entry: LedgerEntry, policy: ConsentPolicy, sender?: string): StateNow | undefined {
  const heard = [...entry.senders].filter(([name]) => sender === undefined || name === sender);
  const consents = heard.map(([, consent]) => consent);
  const last = lastOf(consents);
  if (!last) return undefined;
  const stopped = heard.filter(([, { state }]) => state === 'stopped');
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
