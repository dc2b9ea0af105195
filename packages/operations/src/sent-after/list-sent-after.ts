import type { Channel, SentAfter } from '@optout-sync/shared/domain';
import { SentAfterCursorError, type CheckedSpan, type SentAfterEntry } from '@optout-sync/shared/sent-after';
import { OperationError } from '../operation-error';
import { parseSender } from '../optouts/subject';
import type { Stores } from '../stores';

export const MAX_SENT_AFTER_PAGE = 1_000;
/** Messages that are examined for a page at most, where a filter selects few. */
const MAX_EXAMINED = 10_000;

/** Which messages to list. Times of `sentAt` in ms since 1970, inclusive. */
export interface SentAfterQuery {
  readonly relation: SentAfter;
  /** The stored name of a workspace. */
  readonly workspace?: string | undefined;
  /** The sender of the message, as an operator writes it: a Messaging Service or one of our numbers. */
  readonly sender?: string | undefined;
  readonly since?: number | undefined;
  readonly until?: number | undefined;
  readonly cursor?: string | undefined;
  /** How many to list at most. */
  readonly limit: number;
}

export interface SentAfterList {
  /** The latest first. */
  readonly messages: readonly SentAfterEntry[];
  /** The MessageSids of those that a later release wrote or that are damaged; the next page may name some again. */
  readonly unreadable: readonly string[];
  readonly examined: number;
  /** The cursor of the next page; missing on the last one. A page without a message may have one, after 10,000 that do not match. */
  readonly next: string | undefined;
  /** The parts of the message logs that have been compared with the ledger, by account. */
  readonly checked: ReadonlyMap<string, CheckedSpan>;
}

/**
 * Returns a page of the messages that were sent after an opt-out.
 *
 * @throws {OperationError} `limit_invalid`, `sender_invalid`, `cursor_invalid`
 */
export async function listSentAfter(
  { sentAfter, messageLog }: Pick<Stores, 'sentAfter' | 'messageLog'>,
  { relation, workspace, sender: written, ...query }: SentAfterQuery,
): Promise<SentAfterList> {
  if (query.limit < 1 || query.limit > MAX_SENT_AFTER_PAGE) {
    throw new OperationError('limit_invalid', `the limit must be from 1 to ${String(MAX_SENT_AFTER_PAGE)}`);
  }
  const sender = written === undefined ? undefined : parseSender(written, channelOf(written));
  const isFiltered = workspace !== undefined || sender !== undefined;
  const read = isFiltered ? { ...query, limit: MAX_SENT_AFTER_PAGE } : query;
  const [messages, unreadable]: [SentAfterEntry[], string[]] = [[], []];
  let [examined, next]: [number, string | undefined] = [0, query.cursor];
  do {
    const page = await sentAfter.page(relation, { ...read, cursor: next }).catch(asOperationError);
    const matching = page.entries.filter(
      (entry) =>
        (workspace === undefined || entry.workspace === workspace) &&
        (sender === undefined || entry.sender === sender || entry.from === sender),
    );
    const last = matching.length > query.limit ? matching[query.limit - 1] : undefined;
    messages.push(...matching.slice(0, query.limit));
    unreadable.push(...page.unreadable);
    examined += last ? page.entries.indexOf(last) + 1 : page.entries.length + page.unreadable.length;
    next = last ? last.messageSid : page.next;
  } while (messages.length === 0 && next !== undefined && examined < MAX_EXAMINED);
  return { messages, unreadable, examined, next, checked: await messageLog.readAll() };
}

const channelOf = (sender: string): Channel => (/^whatsapp:/i.test(sender) ? 'whatsapp' : 'sms');

function asOperationError(error: unknown): never {
  throw error instanceof SentAfterCursorError ? new OperationError('cursor_invalid', error.message) : error;
}
