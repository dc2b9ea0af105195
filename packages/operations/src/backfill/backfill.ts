import type { TwilioApiAccount, WorkspaceOf } from '@optout-sync/shared/config';
import { TwilioApiError, messagePages } from '@optout-sync/twilio-api';
import { OperationError } from '../operation-error';
import type { Stores } from '../stores';
import type { Classifiers } from './parse-message';
import { backfillPages, type BackfillCounts } from './backfill-pages';

/** Which part of which message logs to read. Times in ms since 1970, inclusive. */
interface BackfillRequest {
  readonly since: number;
  readonly until: number;
  /** The SID of one configured account; `undefined` means all. */
  readonly account?: string | undefined;
  /** Events to enqueue per second at most; `undefined` only counts. */
  readonly rate?: number | undefined;
}

interface BackfillConfig extends Classifiers {
  readonly accounts: readonly TwilioApiAccount[];
  readonly workspaceOf: WorkspaceOf;
  /** The base URL of Twilio's REST API. */
  readonly apiUrl: string;
}

/**
 * Finds the opt-outs and opt-ins in Twilio's message log that the ledger does not have, and enqueues them when a rate is
 * given. Reads one account after the other. Safe to repeat, also after an error in the middle.
 *
 * @param onProgress is called with the counts of an account after each page
 * @returns the counts by account SID
 * @throws {OperationError} `span_empty`, `account_unknown`, or a `twilio_` code when Twilio's API fails
 */
export async function backfill(
  { queues, ledger }: Pick<Stores, 'queues' | 'ledger'>,
  { accounts, workspaceOf, apiUrl, classify, blockedSends }: BackfillConfig,
  { since, until, account, rate }: BackfillRequest,
  onProgress: (accountSid: string, counts: Readonly<BackfillCounts>) => void,
): Promise<Map<string, BackfillCounts>> {
  if (until < since) throw new OperationError('span_empty', '`until` is before `since`');
  const found = new Map<string, BackfillCounts>();
  for (const selected of selectAccounts(accounts, account)) {
    const { sid } = selected;
    const pages = messagePages(selected, { since, until }, { apiUrl });
    const progress = (counts: Readonly<BackfillCounts>): void => {
      onProgress(sid, counts);
    };
    const deps = { queues, ledger, classify, blockedSends, workspaceOf, now: Date.now, progress };
    found.set(sid, await backfillPages(pages, deps, rate).catch(asOperationError));
  }
  return found;
}

function selectAccounts(
  accounts: readonly TwilioApiAccount[],
  sid: string | undefined,
): readonly TwilioApiAccount[] {
  const selected = accounts.filter((account) => sid === undefined || account.sid === sid);
  if (selected.length > 0) return selected;
  const sids = accounts.map((account) => account.sid).join(', ');
  throw new OperationError(
    'account_unknown',
    `this account is not configured; the configured accounts are ${sids}`,
  );
}

function asOperationError(error: unknown): never {
  throw error instanceof TwilioApiError ? new OperationError(error.code, error.message, 'failed') : error;
}
