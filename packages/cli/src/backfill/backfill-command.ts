import { Command, InvalidArgumentError } from 'commander';
import {
  OperationError,
  readTwilioApiUrl,
  runBackfill,
  withStores,
  type Counts,
} from '@optout-sync/operations';
import {
  collectErrors,
  readKeywords,
  readRoutes,
  readTwilioAccounts,
  type TwilioAccount,
} from '@optout-sync/shared/config';
import { createClassifier } from '@optout-sync/shared/domain';
import { messagePages } from '@optout-sync/twilio-api';
import { wholeNumber } from '../options';
import type { Terminal } from '../terminal';
import { progressText, reportText } from './report-text';
import { parseMoment } from './span';

interface Options {
  readonly since: number;
  readonly until?: number;
  readonly account?: string;
  readonly rate: number;
  readonly json: boolean;
  readonly yes: boolean;
}

const EVENTS_PER_SECOND = 100;

/** `backfill`: finds in Twilio's message log what never reached us, or was lost with Redis. */
export function backfillCommand(terminal: Terminal): Command {
  const moment = (text: string): number => parseMoment(text, Date.now());
  return new Command('backfill')
    .description(
      "Find in Twilio's message log what the ledger lacks. Without --yes only shows what it found.",
    )
    .requiredOption('--since <time>', 'such as 2026-02-25T09:59:58Z, or 36h for that long ago', moment)
    .option('--until <time>', 'default: now', moment)
    .option('--account <sid>', 'one Twilio account, where several are configured')
    .option('--rate <n>', 'how many to enqueue a second at most', positive, EVENTS_PER_SECOND)
    .option('--json', 'print JSON', false)
    .option('--yes', 'do it', false)
    .action(async ({ since, until = Date.now(), account, rate, json, yes }: Options) => {
      if (until < since) throw new OperationError('span_empty', '--until is before --since');
      const { accounts, routes, keywords, apiUrl } = collectErrors({
        accounts: () => readTwilioAccounts(terminal.env),
        routes: () => readRoutes(terminal.env),
        keywords: () => readKeywords(terminal.env),
        apiUrl: () => readTwilioApiUrl(terminal.env),
      });
      const found = new Map<string, Counts>();
      await withStores(terminal, async ({ queues, ledger }) => {
        for (const { sid, authTokens } of chosen(accounts, account)) {
          const pages = messagePages({ sid, authTokens }, { since, until }, { apiUrl });
          const progress = (counts: Readonly<Counts>): void => {
            terminal.error(progressText(sid, counts));
          };
          const { workspaceOf } = routes;
          const deps = {
            queues,
            ledger,
            classify: createClassifier(keywords),
            workspaceOf,
            now: Date.now,
            progress,
          };
          found.set(sid, await runBackfill(pages, deps, yes ? rate : undefined));
        }
      });
      terminal.out(
        json ? JSON.stringify(reportJson({ since, until, yes }, found), null, 2) : reportText(found, yes),
      );
    });
}

function chosen(accounts: readonly TwilioAccount[], sid: string | undefined): readonly TwilioAccount[] {
  const those = accounts.filter((account) => sid === undefined || account.sid === sid);
  if (those.length > 0) return those;
  const sids = accounts.map((account) => account.sid).join(', ');
  throw new OperationError('account_unknown', `that account is not configured; there are ${sids}`);
}

function reportJson(
  { since, until, yes }: Pick<Options, 'since' | 'yes'> & { readonly until: number },
  found: ReadonlyMap<string, Counts>,
): unknown {
  return {
    since: new Date(since).toISOString(),
    until: new Date(until).toISOString(),
    done: yes,
    accounts: [...found].map(([accountSid, counts]) => ({ accountSid, ...counts })),
  };
}

function positive(text: string): number {
  const number = wholeNumber(text);
  if (number === 0) throw new InvalidArgumentError('It must be 1 at least.');
  return number;
}
