import { OperationError, optedOutInLedger, parseSender, type Stores } from '@optout-sync/operations';
import type { FoundItems } from './push-text';

/** The senders of `--from-ledger`. */
export interface LedgerOptions {
  readonly sender: readonly string[];
  readonly optedOutOf?: string;
  readonly cursor?: string;
}

/** The opt-outs of a sender that the ledger has, page by page, each with the cursor that it begins with. */
export async function* itemsOfLedger(
  stores: Stores,
  workspace: string,
  { sender, optedOutOf, cursor }: LedgerOptions,
): AsyncGenerator<FoundItems> {
  const senders = sender.map((one) => parseSender(one, 'sms'));
  const [only, ...others] = senders;
  if (only === undefined) {
    throw new OperationError(
      'sender_missing',
      '--from-ledger needs --sender: whom the opt-outs are pushed for',
    );
  }
  if (optedOutOf === undefined && others.length > 0) {
    throw new OperationError('sender_missing', 'with several --sender, say which one with --opted-out-of');
  }
  const from = optedOutOf === undefined ? only : parseSender(optedOutOf, 'sms');
  let begins = cursor;
  for await (const page of optedOutInLedger(stores, workspace, { from, senders }, cursor)) {
    const { items, next, examined, unreadable } = page;
    yield { items, invalid: [], repeated: 0, next, begins, ledger: { examined, unreadable } };
    begins = next;
  }
}
