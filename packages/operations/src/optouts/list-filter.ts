import type { Channel, ConsentPolicy } from '@optout-sync/shared/domain';
import { stateNow, type ListedEntry, type StateNow } from '@optout-sync/shared/ledger';

/** What the options of `list` say of the entries it is about. Times in ms since 1970. */
export interface ListFilter {
  readonly state: StateNow['state'];
  readonly workspace?: string;
  readonly channel?: Channel;
  readonly sender?: string;
  readonly since?: number;
  readonly until?: number;
  readonly pending: boolean;
}

/** An entry as it is listed. */
export interface Row extends ListedEntry {
  readonly now: StateNow;
}

/** The row of an entry, `undefined` for one that does not meet the filter. Workspaces that are gone count as `any`. */
export function rowOf(
  { state, sender, since = -Infinity, until = Infinity, pending }: ListFilter,
  policies: ReadonlyMap<string, ConsentPolicy>,
): (listed: ListedEntry) => Row | undefined {
  return ({ subject, entry }) => {
    const now = stateNow(entry, policies.get(subject.workspace) ?? 'any', sender);
    if (now?.state !== state || now.since < since || now.since > until) return undefined;
    if (pending && entry.appliedVersion >= entry.version) return undefined;
    return { subject, entry, now };
  };
}
