import type { Ledger } from '@optout-sync/shared/ledger';
import { everyOptOut } from '../optouts/list';
import type { ConsentItem } from './consent-item';

/**
 * A page of the ledger is what a bounded walk over Redis' keys finds, which may be a single opt-out in a large Redis. Pages are joined
 * up to this many, so that calls to Twilio are full.
 */
const MIN_ITEMS = 1_000;

/** Opt-outs of the ledger. */
interface LedgerPage {
  readonly items: readonly ConsentItem[];
  /** How many entries of the ledger were examined. */
  readonly examined: number;
  /** How many of those cannot be read. They may be opted out. */
  readonly unreadable: number;
  /** The cursor of the next page; undefined at the end. */
  readonly next: string | undefined;
}

const NOTHING: LedgerPage = { items: [], examined: 0, unreadable: 0, next: undefined };

/**
 * Reads the numbers that are opted out of one sender, from the cursor to the end: as opt-outs of other senders, or of the same one.
 * Only reads.
 *
 * @returns 1,000 items at a time, or a few more, and the rest
 *
 * @throws {OperationError} `cursor_invalid`
 */
export async function* optedOutInLedger(
  stores: { readonly ledger: Pick<Ledger, 'list'> },
  workspace: string,
  { from, senders }: { readonly from: string; readonly senders: readonly string[] },
  cursor: string | undefined,
): AsyncGenerator<LedgerPage> {
  const filter = { workspace, channel: 'sms', sender: from, state: 'stopped', pending: false } as const;
  let found = NOTHING;
  for await (const page of everyOptOut(stores, { filter, policies: new Map(), cursor })) {
    const items = page.optOuts.flatMap(({ subject, now }) =>
      senders.map((sender) => ({ phone: subject.phone, sender, at: now.since })),
    );
    found = {
      items: [...found.items, ...items.map((item, n) => ({ ...item, row: found.items.length + n + 1 }))],
      examined: found.examined + page.examined,
      unreadable: found.unreadable + page.unreadable.length,
      next: page.next,
    };
    if (found.items.length < MIN_ITEMS && page.next !== undefined) continue;
    yield found;
    found = NOTHING;
  }
}
