import type { Subject } from '../domain/subject';

/** The prefix of the keys of all entries. */
export function ledgerPrefix(prefix: string): string {
  return `${prefix}:ledger:`;
}

/** The key of one entry. In a cluster, an entry is in the slot of its phone. */
export function ledgerKey(prefix: string, { workspace, channel, phone }: Subject): string {
  return `${ledgerPrefix(prefix)}{${workspace}:${channel}:${phone}}`;
}
