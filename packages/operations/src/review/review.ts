import type { Routes } from '@optout-sync/shared/config';
import type { ReviewEntry } from '@optout-sync/shared/review';
import { accountOf } from '../accounts';
import { requireAuthor, type Author } from '../audit/author';
import { OperationError } from '../operation-error';
import { overrideConsent } from '../overrides/override';
import type { Stores } from '../stores';

/**
 * Returns a message on the review list that can be read.
 *
 * @throws {OperationError} `review_entry_not_found`
 */
export async function getReviewEntry(
  { reviewList }: Pick<Stores, 'reviewList'>,
  messageSid: string,
): Promise<ReviewEntry> {
  const entry = await reviewList.get(messageSid);
  if (!entry) throw reviewEntryNotFound(messageSid);
  return entry;
}

/**
 * Takes a message off the review list, also one that cannot be read; nobody is opted out.
 *
 * @throws {OperationError} `review_entry_not_found`, `who_missing`
 */
export async function completeReview(
  { reviewList, audit }: Pick<Stores, 'reviewList' | 'audit'>,
  messageSid: string,
  author: Partial<Author>,
): Promise<void> {
  const { by, why } = requireAuthor(author);
  if (!(await reviewList.has(messageSid))) throw reviewEntryNotFound(messageSid);
  await audit.add({ action: 'review_done', by, why, details: { messageSid } });
  if (!(await reviewList.done(messageSid))) throw reviewEntryNotFound(messageSid);
}

/**
 * Opts the phone of a message on the review list out, from the sender that the message went to, and takes the message off
 * the list. In this order: after a crash in between, the message is still on the list, and a repetition changes nothing.
 *
 * @returns the MessageSid of the override
 * @throws {OperationError} `review_entry_not_found`, `account_unknown`, `who_missing`, `override_invalid`
 */
export async function stopFromReview(
  { queues, audit, ledger, reviewList }: Pick<Stores, 'queues' | 'audit' | 'ledger' | 'reviewList'>,
  routes: Routes,
  messageSid: string,
  author: Partial<Author>,
): Promise<string> {
  const { by, why } = requireAuthor(author);
  const { workspace, channel, phone, sender } = await getReviewEntry({ reviewList }, messageSid);
  const event = await overrideConsent(
    { queues, audit, ledger },
    {
      accountSid: accountOf(routes, workspace, sender),
      channel,
      phone,
      sender,
      state: 'stopped',
      by,
      why,
    },
  );
  await reviewList.done(messageSid);
  return event.messageSid;
}

/** The error of a message that is not on the review list. */
export function reviewEntryNotFound(messageSid: string): OperationError {
  return new OperationError('review_entry_not_found', `${messageSid} is not on the review list`, 'failed');
}
