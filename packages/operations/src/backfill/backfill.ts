import type { TwilioApiAccount, WorkspaceOf } from '@optout-sync/shared/config';
import { storeSuccess } from '@optout-sync/shared/service';
import { TwilioApiError, messagePages } from '@optout-sync/twilio-api';
import { requireAuthor, type Author } from '../audit/author';
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
  /** Who enqueues what is missing, and why, and how many events per second at most; `undefined` only counts. */
  readonly enqueue?: (Partial<Author> & { readonly rate: number }) | undefined;
}

interface BackfillConfig extends Classifiers {
  readonly accounts: readonly TwilioApiAccount[];
  readonly workspaceOf: WorkspaceOf;
  /** The base URL of Twilio's REST API. */
  readonly apiUrl: string;
}

/**
 * Finds the opt-outs and opt-ins in Twilio's message log that the ledger does not have, and enqueues them when it is told
 * who does so. Reads one account after the other. Safe to repeat, also after an error in the middle. What it enqueues stands in the
 * audit trail before and after.
 *
 * One that enqueues and reaches its end is stored, so that a metric tells when the last one was.
 *
 * @param stop ends it, with what it has, when it is aborted
 * @param onProgress is called with the counts of an account after each page
 * @returns the counts by account SID
 * @throws {OperationError} `span_empty`, `account_unknown`, `who_missing`, or a `twilio_` code when Twilio's API fails
 */
export async function backfill(
  { queues, ledger, redis, prefix, audit }: Pick<Stores, 'queues' | 'ledger' | 'redis' | 'prefix' | 'audit'>,
  { accounts, workspaceOf, apiUrl, classify, blockedSends }: BackfillConfig,
  { since, until, account: given, enqueue }: BackfillRequest,
  onProgress: (accountSid: string, counts: Readonly<BackfillCounts>) => void,
  stop: AbortSignal = new AbortController().signal,
): Promise<Map<string, BackfillCounts>> {
  if (until < since) throw new OperationError('span_empty', '`until` is before `since`');
  const selected = selectAccounts(accounts, given);
  const author = enqueue && requireAuthor(enqueue);
  const span = { accounts: selected.map(({ sid }) => sid), since, until };
  if (author) await audit.add({ action: 'backfill', ...author, details: { ...span, state: 'begun' } });
  const found = new Map<string, BackfillCounts>();
  for (const account of selected) {
    const { sid } = account;
    if (stop.aborted) break;
    const pages = messagePages(account, { since, until }, { apiUrl });
    const progress = (counts: Readonly<BackfillCounts>): void => {
      onProgress(sid, counts);
    };
    const deps = { queues, ledger, classify, blockedSends, workspaceOf, now: Date.now, progress, stop };
    found.set(sid, await backfillPages(pages, deps, enqueue?.rate).catch(asOperationError));
  }
  if (author) {
    const enqueued = [...found.values()].reduce((sum, counts) => sum + counts.enqueued, 0);
    const state = stop.aborted ? 'stopped' : 'ended';
    await audit.add({ action: 'backfill', ...author, details: { ...span, state, enqueued } });
  }
  if (author && !stop.aborted) await storeSuccess(redis, prefix, 'backfill', Date.now());
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
