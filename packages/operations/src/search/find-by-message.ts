import type { MessageSid, Subject } from '@optout-sync/shared/domain';
import { CursorError } from '@optout-sync/shared/ledger';
import { OperationError } from '../operation-error';
import type { Stores } from '../stores';

/** Ledger entries and time that one search takes at most; both are looked at between steps of 10,000 keys. */
const MAX_EXAMINED = 100_000;
const MAX_MS = 1_000;

/** Where a message is. */
export type FoundMessage =
  | { readonly kind: 'person'; readonly subject: Subject }
  | { readonly kind: 'dead_letter'; readonly id: string }
  /** Not yet: `next` is the cursor to go on with, `examined` how many ledger entries this search looked at. */
  | { readonly kind: 'none'; readonly examined: number; readonly next: string | undefined };

/**
 * Looks for a message: in the review list and the dead letters, which have an index, then in the ledger, which has none: there it
 * looks at 100,000 entries at most, and a repetition with the cursor goes on.
 *
 * @throws {OperationError} `cursor_invalid`
 */
export async function findByMessage(
  { reviewList, queues, ledger }: Pick<Stores, 'reviewList' | 'queues' | 'ledger'>,
  messageSid: MessageSid,
  cursor?: string,
): Promise<FoundMessage> {
  if (cursor === undefined) {
    const review = await reviewList.get(messageSid);
    if (review) return { kind: 'person', subject: subjectOf(review) };
    const { deadLetters } = await queues.deadLetters.page({ filter: { messageSid }, limit: 1 });
    const [stored] = deadLetters;
    if (stored) {
      const { undone } = stored.deadLetter;
      const isOfEntry = undone.type === 'sync' || undone.type === 'destination';
      return isOfEntry
        ? { kind: 'person', subject: subjectOf(undone.request) }
        : { kind: 'dead_letter', id: stored.id };
    }
  }
  const startedAt = performance.now();
  let [examined, next] = [0, cursor];
  do {
    const page = await ledger.findMessage(messageSid, next).catch((error: unknown) => {
      throw error instanceof CursorError ? new OperationError('cursor_invalid', error.message) : error;
    });
    if (page.subject) return { kind: 'person', subject: page.subject };
    examined += page.examined;
    next = page.next;
  } while (next !== undefined && examined < MAX_EXAMINED && performance.now() - startedAt < MAX_MS);
  return { kind: 'none', examined, next };
}

const subjectOf = ({ workspace, channel, phone }: Subject): Subject => ({ workspace, channel, phone });
