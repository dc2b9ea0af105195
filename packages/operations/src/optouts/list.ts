import type { Channel, ConsentPolicy, EventSource, Reason, Subject } from '@optout-sync/shared/domain';
import {
  CursorError,
  stateNow,
  type Ledger,
  type LedgerEntry,
  type ListedEntry,
  type StateNow,
} from '@optout-sync/shared/ledger';
import { OperationError } from '../operation-error';

/** The largest page of `listOptOuts`. */
export const MAX_OPT_OUT_PAGE = 1_000;

/** Selects ledger entries by their present state. Times in ms since 1970, inclusive. */
export interface OptOutFilter {
  /** Missing for every state. */
  readonly state?: StateNow['state'] | undefined;
  readonly workspace?: string | undefined;
  readonly channel?: Channel | undefined;
  /** Considers the state with this sender alone. */
  readonly sender?: string | undefined;
  /** Only entries that a message by this route opted out, or in: one that decides for a sender in the present state. */
  readonly source?: EventSource | undefined;
  /** Only entries that were opted out, or in, for this reason: that of a sender in the present state. */
  readonly reason?: Reason | undefined;
  /** Bounds of the time since when the entry has that state. */
  readonly since?: number | undefined;
  readonly until?: number | undefined;
  /** Only entries whose present version Customer.io does not hold yet. */
  readonly pending: boolean;
  /** Only entries whose latest event ended as `no_match`: nobody had the number then. */
  readonly noMatch?: boolean | undefined;
}

/** A ledger entry with its present state. */
export interface OptOut extends ListedEntry {
  readonly now: StateNow;
}

interface OptOutPage {
  readonly optOuts: readonly OptOut[];
  /** Those whose ledger entries this release cannot read. They may be opted out. */
  readonly unreadable: readonly Subject[];
  /** How many ledger entries were examined. */
  readonly examined: number;
  /** The cursor of the next page; `undefined` on the last one. */
  readonly next: string | undefined;
}

interface OptOutQuery {
  readonly filter: OptOutFilter;
  /** The consent policy by workspace. A workspace that is no longer configured counts as `any`. */
  readonly policies: ReadonlyMap<string, ConsentPolicy>;
  readonly cursor?: string | undefined;
}

/**
 * Returns a page of the opt-outs that meet a filter, in no order; for the guarantees see `listEntries` of the ledger.
 *
 * @param query.limit 1 to 1,000; the page may hold a few more
 * @throws {OperationError} `limit_invalid`, `cursor_invalid`
 */
export async function listOptOuts(
  { ledger }: { readonly ledger: Pick<Ledger, 'list'> },
  { filter, policies, limit, cursor }: OptOutQuery & { readonly limit: number },
): Promise<OptOutPage> {
  if (limit < 1 || limit > MAX_OPT_OUT_PAGE) {
    throw new OperationError('limit_invalid', `the limit must be from 1 to ${String(MAX_OPT_OUT_PAGE)}`);
  }
  const { workspace, channel } = filter;
  const parse = (listed: ListedEntry): OptOut | undefined => toOptOut(listed, filter, policies);
  try {
    const { entries, unreadable, examined, next } = await ledger.list({
      ...(workspace !== undefined && { workspace }),
      ...(channel !== undefined && { channel }),
      ...(cursor !== undefined && { cursor }),
      limit,
      matches: (listed) => parse(listed) !== undefined,
    });
    return { optOuts: entries.flatMap((listed) => parse(listed) ?? []), unreadable, examined, next };
  } catch (error) {
    throw error instanceof CursorError ? new OperationError('cursor_invalid', error.message) : error;
  }
}

/** Returns all pages, from the cursor to the end. Throws as `listOptOuts` does. */
export async function* everyOptOut(
  stores: { readonly ledger: Pick<Ledger, 'list'> },
  query: OptOutQuery,
): AsyncGenerator<OptOutPage> {
  let { cursor } = query;
  do {
    const page = await listOptOuts(stores, { ...query, cursor, limit: MAX_OPT_OUT_PAGE });
    yield page;
    cursor = page.next;
  } while (cursor !== undefined);
}

/** Returns an entry with its present state; `undefined` for one that does not meet the filter. */
export function toOptOut(
  { subject, entry }: ListedEntry,
  filter: OptOutFilter,
  policies: OptOutQuery['policies'],
): OptOut | undefined {
  const now = stateNow(entry, policies.get(subject.workspace) ?? 'any', filter.sender);
  if (!now || !isWanted(now, filter) || !isWantedEntry(entry, filter)) return undefined;
  return isDecidedBy(entry, now, filter) ? { subject, entry, now } : undefined;
}

function isDecidedBy({ senders }: LedgerEntry, now: StateNow, filter: OptOutFilter): boolean {
  const { sender, source, reason } = filter;
  if (source === undefined && reason === undefined) return true;
  return [...senders].some(
    ([name, consent]) =>
      (source === undefined || consent.source === source) &&
      (reason === undefined || consent.reason === reason) &&
      consent.state === now.state &&
      (sender === undefined || name === sender),
  );
}

function isWanted(now: StateNow, { state, since = -Infinity, until = Infinity }: OptOutFilter): boolean {
  return (state === undefined || now.state === state) && now.since >= since && now.since <= until;
}

function isWantedEntry(entry: LedgerEntry, { pending, noMatch = false }: OptOutFilter): boolean {
  return !(pending && entry.appliedVersion >= entry.version) && !(noMatch && !endedAsNoMatch(entry));
}

/** Whether the latest event that was written to Customer.io, or will be, found nobody. */
function endedAsNoMatch({ history }: LedgerEntry): boolean {
  return (
    history.findLast(({ outcome }) => outcome !== 'ignored' && outcome !== 'stale')?.outcome === 'no_match'
  );
}
