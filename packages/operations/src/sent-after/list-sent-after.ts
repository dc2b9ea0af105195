import type { SentAfter } from '@optout-sync/shared/domain';
import type { CheckedSpan, SentAfterEntry } from '@optout-sync/shared/sent-after';
import { OperationError } from '../operation-error';
import type { Stores } from '../stores';

export const MAX_SENT_AFTER_PAGE = 1_000;

/** Which messages to list. Times of `sentAt` in ms since 1970, inclusive. */
interface SentAfterQuery {
  readonly relation: SentAfter;
  /** The stored name of a workspace. */
  readonly workspace?: string | undefined;
  /** The sender of the message: a Messaging Service or one of our numbers. */
  readonly sender?: string | undefined;
  readonly since?: number | undefined;
  readonly until?: number | undefined;
  readonly cursor?: string | undefined;
  /** How many to examine at most. */
  readonly limit: number;
}

export interface SentAfterList {
  /** The latest first. */
  readonly messages: readonly SentAfterEntry[];
  /** The MessageSids of those that a later release wrote or that are damaged. */
  readonly unreadable: readonly string[];
  readonly examined: number;
  /** The cursor of the next page; missing on the last one. */
  readonly next: string | undefined;
  /** The parts of the message logs that have been compared with the ledger, by account. */
  readonly checked: ReadonlyMap<string, CheckedSpan>;
}

/**
 * Returns a page of the messages that were sent after an opt-out.
 *
 * @throws {OperationError} `limit_invalid`
 */
export async function listSentAfter(
  { sentAfter, messageLog }: Pick<Stores, 'sentAfter' | 'messageLog'>,
  { relation, workspace, sender, ...page }: SentAfterQuery,
): Promise<SentAfterList> {
  if (page.limit < 1 || page.limit > MAX_SENT_AFTER_PAGE) {
    throw new OperationError('limit_invalid', `the limit must be from 1 to ${String(MAX_SENT_AFTER_PAGE)}`);
  }
  const [{ entries, unreadable, next }, checked] = await Promise.all([
    sentAfter.page(relation, page),
    messageLog.readAll(),
  ]);
  const messages = entries.filter(
    (entry) =>
      (workspace === undefined || entry.workspace === workspace) &&
      (sender === undefined || entry.sender === sender || entry.from === sender),
  );
  return { messages, unreadable, examined: entries.length + unreadable.length, next, checked };
}
