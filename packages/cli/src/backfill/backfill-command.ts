import { Command } from 'commander';
import { backfill, readTwilioApiUrl, withStores, type BackfillCounts } from '@optout-sync/operations';
import {
  collectErrors,
  readBlockedSends,
  readKeywords,
  readRoutes,
  readTwilioApiAccounts,
  type Env,
} from '@optout-sync/shared/config';
import { createBlockedSends, createClassifier } from '@optout-sync/shared/domain';
import { printJson, type Terminal } from '../command';
import { pastTime, positiveWholeNumber } from '../option-values';
import { progressText, reportText } from './report-text';

interface BackfillOptions {
  readonly since: number;
  readonly until?: number;
  readonly account?: string;
  readonly rate: number;
  readonly json: boolean;
  readonly yes: boolean;
}

const EVENTS_PER_SECOND = 100;

/** `backfill`: finds opt-outs and opt-ins in Twilio's message log that never reached the ledger. */
export function backfillCommand(terminal: Terminal): Command {
  return new Command('backfill')
    .description(
      "Find opt-outs and opt-ins in Twilio's message log that the ledger does not have. Without --yes only counts them.",
    )
    .requiredOption(
      '--since <time>',
      'start of the search, such as 2026-02-25T09:59:58Z, or an age such as 36h',
      pastTime,
    )
    .option('--until <time>', 'end of the search (default: now)', pastTime)
    .option('--account <sid>', 'search only this Twilio account (default: all configured ones)')
    .option('--rate <n>', 'events to enqueue per second at most', positiveWholeNumber, EVENTS_PER_SECOND)
    .option('--json', 'print JSON', false)
    .option('--yes', 'enqueue what is missing', false)
    .action(async ({ since, until = Date.now(), account, rate, json, yes }: BackfillOptions) => {
      const config = readBackfillConfig(terminal.env);
      const request = { since, until, account, rate: yes ? rate : undefined };
      const found = await withStores(terminal, (stores) =>
        backfill(stores, config, request, (accountSid, counts) => {
          terminal.error(progressText(accountSid, counts));
        }),
      );
      if (json) printJson(terminal, reportJson(since, until, yes, found));
      else terminal.out(reportText(found, yes));
    });
}

function readBackfillConfig(env: Env): Parameters<typeof backfill>[1] {
  const { accounts, routes, keywords, blockedSends, apiUrl } = collectErrors({
    accounts: () => readTwilioApiAccounts(env),
    routes: () => readRoutes(env),
    keywords: () => readKeywords(env),
    blockedSends: () => readBlockedSends(env),
    apiUrl: () => readTwilioApiUrl(env),
  });
  return {
    accounts,
    workspaceOf: routes.workspaceOf,
    classify: createClassifier(keywords),
    blockedSends: createBlockedSends(blockedSends),
    apiUrl,
  };
}

function reportJson(
  since: number,
  until: number,
  done: boolean,
  found: ReadonlyMap<string, BackfillCounts>,
): unknown {
  return {
    since: new Date(since).toISOString(),
    until: new Date(until).toISOString(),
    done,
    accounts: [...found].map(([accountSid, counts]) => ({ accountSid, ...counts })),
  };
}
