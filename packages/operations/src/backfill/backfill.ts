import type { TwilioApiAccount, WorkspaceOf } from '@optout-sync/shared/config';
import { storeSuccess } from '@optout-sync/shared/service';
import { TwilioApiError, messagePages } from '@optout-sync/twilio-api';
import { requireAuthor, type Author } from '../audit/author';
import { OperationError } from '../operation-error';
import { asOperatorRun } from '../runs/as-operator-run';
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
  stores: Pick<Stores, 'queues' | 'ledger' | 'redis' | 'prefix' | 'audit' | 'operatorRuns'>,
  config: BackfillConfig,
  { since, until, account: given, enqueue }: BackfillRequest,
  onProgress: (accountSid: string, counts: Readonly<BackfillCounts>) => void,
  stop: AbortSignal = new AbortController().signal,
): Promise<Map<string, BackfillCounts>> {
  if (until < since) throw new OperationError('span_empty', '`until` is before `since`');
  const selected = selectAccounts(config.accounts, given);
  const author = enqueue && requireAuthor(enqueue);
  const details = { accounts: selected.map(({ sid }) => sid), since, until };
  return asOperatorRun(stores, { kind: 'backfill', author, details, stop }, async (run) => {
    const { audit, redis, prefix } = stores;
    if (author) await audit.add({ action: 'backfill', ...author, details: { ...details, state: 'begun' } });
    const found = new Map<string, BackfillCounts>();
    for (const account of selected) {
      if (run.stop.aborted) break;
      const pages = messagePages(account, { since, until }, { apiUrl: config.apiUrl });
      const progress = (counts: Readonly<BackfillCounts>): void => {
        onProgress(account.sid, counts);
        run.report(sumOf([...found.values(), counts]));
      };
      const deps = { ...stores, ...config, now: Date.now, progress, stop: run.stop };
      found.set(account.sid, await backfillPages(pages, deps, enqueue?.rate).catch(asOperationError));
    }
    if (!author) return found;
    const sum = sumOf([...found.values()]);
    run.report(sum);
    const { enqueued = 0 } = sum;
    const state = run.stop.aborted ? 'stopped' : 'ended';
    await audit.add({ action: 'backfill', ...author, details: { ...details, state, enqueued } });
    if (!run.stop.aborted) await storeSuccess(redis, prefix, 'backfill', Date.now());
    return found;
  });
}

function sumOf(all: readonly Readonly<BackfillCounts>[]): Record<string, number> {
  const sum: Record<string, number> = {};
  for (const [name, count] of all.flatMap((counts) => Object.entries(counts))) {
    sum[name] = (sum[name] ?? 0) + count;
  }
  return sum;
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
