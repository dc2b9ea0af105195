import { Channel, isOptedOut, maskPhone, type E164, type Subject } from '@optout-sync/shared/domain';
import type { LedgerEntry } from '@optout-sync/shared/ledger';
import { requireAuthor, type Author } from '../audit/author';
import { OperationError } from '../operation-error';
import type { Stores } from '../stores';
import { countDeadLetters, eraseDeadLetters, type OnSearched } from './dead-letters';
import { refuseWaiting } from './refuse-waiting';

interface EraseRequest {
  readonly phone: E164;
  /** The stored names of the workspaces. */
  readonly workspaces: readonly string[];
  /** Removes the suppression too. */
  readonly all: boolean;
}

/** What is stored of a phone, or what was erased. */
export interface ErasedCounts {
  /** Ledger entries that keep, or kept, the bare suppression. */
  readonly suppressions: number;
  /** Ledger entries that are removed whole. */
  readonly removed: number;
  readonly reviews: number;
  readonly deadLetters: number;
  /** Messages that were sent after an opt-out. */
  readonly sentAfter: number;
  readonly auditEntries: number;
  readonly runs: number;
  /** Whether the spools of ingest are empty; unknown where no ingest reports. */
  readonly spool: 'empty' | 'unknown';
}

type EraseStores = Pick<
  Stores,
  | 'ledger'
  | 'reviewList'
  | 'queues'
  | 'audit'
  | 'findings'
  | 'marks'
  | 'reconciled'
  | 'sentAfter'
  | 'redis'
  | 'prefix'
>;

/**
 * Counts what is stored of a phone.
 *
 * @param onSearched is called for each dead letter that is searched
 * @throws {OperationError} `messages_waiting`, `entry_pending`, `dead_letters_open`, `dead_letters_shared`, `reviews_unreadable`
 */
export async function previewErase(
  stores: EraseStores,
  request: EraseRequest,
  onSearched: OnSearched,
): Promise<ErasedCounts> {
  const { phone, all } = request;
  const spool = await refuseWaiting(stores, request);
  const entries = await settledEntries(stores, request);
  const deadLetters = await countDeadLetters(stores, phone, onSearched);
  const suppressions = all ? 0 : entries.filter(isStopped).length;
  return {
    suppressions,
    removed: entries.length - suppressions,
    reviews: (await reviewsOf(stores, phone)).length,
    deadLetters,
    sentAfter: await sumOf(request, async (subject) => (await stores.sentAfter.ofPhone(subject)).length),
    auditEntries: await stores.audit.countOf(phone),
    runs: (await stores.queues.runs.endedOf(phone)).length,
    spool,
  };
}

/**
 * Erases what is stored of a phone: messages, notes, people, reviews, dead letters, messages that were sent after an opt-out, audit
 * entries and ended replay runs, on all channels. Where a sender is stopped, the bare suppression remains, unless `all`. The audit trail names the phone masked. Safe to
 * repeat after an error in the middle.
 *
 * @param onSearched is called for each dead letter that is searched: all of them before anything is erased, and again to discard some
 * @throws {OperationError} `who_missing`, `messages_waiting`, `entry_pending`, `dead_letters_open`, `dead_letters_shared`,
 *   `reviews_unreadable`
 */
export async function erasePhone(
  stores: EraseStores,
  request: EraseRequest,
  author: Partial<Author>,
  onSearched: OnSearched,
): Promise<ErasedCounts> {
  const { by, why } = requireAuthor(author);
  const { phone, all } = request;
  const spool = await refuseWaiting(stores, request);
  await settledEntries(stores, request);
  await countDeadLetters(stores, phone, onSearched);
  const reviews = await reviewsOf(stores, phone);
  const details = { erased: maskPhone(phone), all };
  await stores.audit.add({ action: 'erase', by, why, details: { ...details, state: 'begun' } });
  const { suppressions, removed } = await eraseEntries(stores, request);
  for (const messageSid of reviews) await stores.reviewList.done(messageSid);
  const counts = {
    suppressions,
    removed,
    reviews: reviews.length,
    deadLetters: await eraseDeadLetters(stores, phone, onSearched),
    runs: await stores.queues.runs.eraseEndedOf(phone),
    sentAfter: await sumOf(request, (subject) => stores.sentAfter.erase(subject)),
    auditEntries: await stores.audit.erase(phone),
    spool,
  };
  await stores.audit.add({ action: 'erase', by, why, details: { ...details, state: 'ended', ...counts } });
  return counts;
}

/**
 * Reads what is to be erased, before anything is. The script of the ledger decides once more.
 *
 * @throws {OperationError} `entry_pending`
 */
async function settledEntries({ ledger }: EraseStores, request: EraseRequest): Promise<LedgerEntry[]> {
  const read = await Promise.all(subjectsOf(request).map((subject) => ledger.read(subject)));
  const entries = read.filter((entry) => entry !== undefined);
  const isPending = (entry: LedgerEntry): boolean =>
    entry.history.some(({ outcome }) => outcome === 'pending') || (!request.all && isUnheld(entry));
  if (entries.some(isPending)) throw entryPending();
  return entries;
}

/** Whether Customer.io does not hold the opt-out that is to remain, as where its sync was dead-lettered. */
function isUnheld(entry: LedgerEntry): boolean {
  return entry.version > entry.appliedVersion && isStopped(entry);
}

const isStopped = ({ senders }: LedgerEntry): boolean => isOptedOut([...senders.values()], 'any') === true;

const entryPending = (): OperationError =>
  new OperationError(
    'entry_pending',
    'a message of the phone waits for Customer.io, or for you in the dead letters, and erasing it now could lose it: repeat this when it is applied, or with --all where an opt-out can never be applied',
    'failed',
  );

async function eraseEntries(
  { ledger, findings, reconciled }: EraseStores,
  request: EraseRequest,
): Promise<{ suppressions: number; removed: number }> {
  let [suppressions, removed] = [0, 0];
  for (const subject of subjectsOf(request)) {
    const result = await ledger.erase(subject, { all: request.all });
    if (result === 'pending') throw entryPending();
    if (result === 'none') continue;
    await findings.replace(subject, {});
    if (result === 'removed') await reconciled.forget(subject);
    else await reconciled.forgetPeople(subject);
    if (result === 'removed') removed += 1;
    else suppressions += 1;
  }
  return { suppressions, removed };
}

async function sumOf(request: EraseRequest, countOf: (subject: Subject) => Promise<number>): Promise<number> {
  const counts = await Promise.all(subjectsOf(request).map(countOf));
  return counts.reduce((sum, count) => sum + count, 0);
}

function subjectsOf({ phone, workspaces }: EraseRequest): Subject[] {
  return workspaces.flatMap((workspace) => Channel.options.map((channel) => ({ workspace, channel, phone })));
}

const REVIEW_PAGE = 1_000;

/** The messages of a phone on the review list. @throws {OperationError} `reviews_unreadable`, since such a message may be the phone's */
async function reviewsOf({ reviewList }: Pick<Stores, 'reviewList'>, phone: E164): Promise<string[]> {
  const found: string[] = [];
  for (let offset = 0; ; offset += REVIEW_PAGE) {
    const { entries, unreadable, total } = await reviewList.list({ offset, limit: REVIEW_PAGE });
    if (unreadable.length > 0) {
      throw new OperationError(
        'reviews_unreadable',
        `a message on the review list cannot be read and may be of the phone: take it off with \`review done\` (${unreadable.join(' ')})`,
        'failed',
      );
    }
    found.push(...entries.filter((entry) => entry.phone === phone).map(({ messageSid }) => messageSid));
    if (offset + REVIEW_PAGE >= total) return found;
  }
}
