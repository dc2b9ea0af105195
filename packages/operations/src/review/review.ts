import type { Routes } from '@optout-sync/shared/config';
import { accountOf } from '../accounts';
import type { Author } from '../audit/author';
import { OperationError } from '../operation-error';
import { overrideConsent } from '../overrides/override';
import type { Stores } from '../stores';

/**
 * Takes a message off the review list; nobody is opted out.
 *
 * @throws {OperationError} `review_entry_not_found`
 */
export async function completeReview(
  { reviewList }: Pick<Stores, 'reviewList'>,
  messageSid: string,
): Promise<void> {
  if (!(await reviewList.done(messageSid))) throw notFound(messageSid);
}

/**
 * Opts the phone of a message on the review list out, from the sender that the message went to, and takes the message off
 * the list. In this order: after a crash in between, the message is still on the list, and a repetition changes nothing.
 *
 * @returns the MessageSid of the override
 * @throws {OperationError} `review_entry_not_found`, `account_unknown`, `override_invalid`
 */
export async function stopFromReview(
  { queues, audit, ledger, reviewList }: Pick<Stores, 'queues' | 'audit' | 'ledger' | 'reviewList'>,
  routes: Routes,
  messageSid: string,
  { by, why }: Author,
): Promise<string> {
  const entry = await reviewList.get(messageSid);
  if (!entry) throw notFound(messageSid);
  const { workspace, channel, phone, sender } = entry;
  const event = await overrideConsent(
    { queues, audit, ledger },
    {
      accountSid: accountOf(routes, workspace),
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

function notFound(messageSid: string): OperationError {
  return new OperationError('review_entry_not_found', `${messageSid} is not on the review list`, 'failed');
}
