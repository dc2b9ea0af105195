import type { LedgerEntry } from './ledger-entry';

/**
 * Whether a sync has to write the present version. A better time of a message makes a version without a pending event. An earlier
 * release may have stored a version as applied that Redis lost: then Customer.io may hold another state, and is to hold every opt-out.
 */
export function isUnapplied({ version, appliedVersion, senders, history }: LedgerEntry): boolean {
  if (version > appliedVersion || history.some(({ outcome }) => outcome === 'pending')) return true;
  return version < appliedVersion && [...senders.values()].some(({ state }) => state === 'stopped');
}
