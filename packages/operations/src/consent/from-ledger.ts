import type { Ledger } from '@optout-sync/shared/ledger';
import { everyOptOut } from '../optouts/list';
import type { ConsentItem } from './consent-item';

/** A page of the opt-outs of the ledger. */
interface LedgerPage {
  readonly items: readonly ConsentItem[];
  /** How many entries of the ledger were examined. */
  readonly examined: number;
  /** How many of those cannot be read. They may be opted out. */
  readonly unreadable: number;
  /** The cursor of the next page; undefined at the end. */
  readonly next: string | undefined;
}

/**
 * Reads the numbers that are opted out of one sender, page by page from the cursor to the end: as opt-outs of other senders, or of
 * the same one. Only reads.
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
  for await (const page of everyOptOut(stores, { filter, policies: new Map(), cursor })) {
    const items = page.optOuts.flatMap(({ subject, now }, n) =>
      senders.map((sender) => ({ row: n + 1, phone: subject.phone, sender, at: now.since })),
    );
    yield { items, examined: page.examined, unreadable: page.unreadable.length, next: page.next };
  }
}
