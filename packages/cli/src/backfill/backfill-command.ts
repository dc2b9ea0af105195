import { Command, Option } from 'commander';
import { backfill, withStores, type BackfillCounts } from '@optout-sync/operations';
import {
  collectErrors,
  readBlockedSends,
  readKeywords,
  readRoutes,
  readTwilioApiAccounts,
  readTwilioApiUrl,
  type Env,
} from '@optout-sync/shared/config';
import { createBlockedSends, createClassifier } from '@optout-sync/shared/domain';
import { commandLine } from '../frame/command-line';
import { addExamples } from '../frame/examples';
import { stoppableJob } from '../frame/interrupt';
import { printJson } from '../frame/json';
import { addChangeOptions, addSpanOptions, jsonOption, type ChangeOptions } from '../frame/options';
import { positiveWholeNumber } from '../frame/option-values';
import { startProgress } from '../frame/progress';
import type { Terminal } from '../frame/terminal';
import { reportText } from './report-text';

interface BackfillOptions extends ChangeOptions {
  readonly since: number;
  readonly until?: number;
  readonly account?: string;
  readonly rate: number;
  readonly json: boolean;
}

const EVENTS_PER_SECOND = 100;

/** `backfill`: finds opt-outs and opt-ins in Twilio's message log that never reached the ledger. */
export function backfillCommand(terminal: Terminal): Command {
  const command = new Command('backfill').description(
    "Find opt-outs and opt-ins in Twilio's message log that the ledger does not have, and enqueue them.",
  );
  addSpanOptions(command, 'sent')
    .option('--account <sid>', 'search only this Twilio account (default: all configured ones)')
    .addOption(
      new Option('--rate <n>', 'events to enqueue per second at most')
        .argParser(positiveWholeNumber)
        .default(EVENTS_PER_SECOND),
    );
  // A log goes back for years: its start must be said.
  for (const option of command.options) if (option.long === '--since') option.makeOptionMandatory();
  addChangeOptions(command)
    .addOption(jsonOption())
    .action(async (options: BackfillOptions) => {
      const { since, until = Date.now(), json, yes } = options;
      const found = await find(terminal, { ...options, until });
      if (json) printJson(terminal, reportJson(since, until, yes, found));
      else terminal.out(reportText(terminal, found, yes));
    });
  return addExamples(
    command,
    'optout-sync backfill --since 36h',
    "optout-sync backfill --since 36h --yes --by Ann --why 'ingest was down'",
    'optout-sync backfill --since 2026-02-25T08:00:00Z --until 2026-02-25T12:00:00Z --json',
  );
}

async function find(
  terminal: Terminal,
  { since, until, account, rate, yes, by, why }: BackfillOptions & { readonly until: number },
): Promise<Map<string, BackfillCounts>> {
  const config = readBackfillConfig(terminal.env);
  const request = { since, until, account, enqueue: yes ? { by, why, rate } : undefined };
  const resume = (found?: ReadonlyMap<string, BackfillCounts>) => ({
    text: `${readText(found)}What is enqueued stays so, and what the ledger has is skipped.`,
    command: commandLine(terminal),
  });
  return stoppableJob(terminal, resume, (stop) =>
    withStores(terminal, async (stores) => {
      const progress = startProgress(terminal, 'messages read');
      // Of the accounts before the present one.
      const read = new Map<string, number>();
      const sum = (): number => [...read.values()].reduce((total, messages) => total + messages, 0);
      try {
        return await backfill(
          stores,
          config,
          request,
          (sid, { messages, missing, enqueued }) => {
            read.set(sid, messages);
            progress.update(sum(), { missing, ...(enqueued > 0 && { enqueued }) });
          },
          stop,
        );
      } finally {
        progress.end();
      }
    }),
  );
}

/** How far a backfill came. */
function readText(found: ReadonlyMap<string, BackfillCounts> | undefined): string {
  const sum = (key: 'messages' | 'enqueued'): string =>
    String([...(found?.values() ?? [])].reduce((total, counts) => total + counts[key], 0));
  return found ? `${sum('messages')} messages read, ${sum('enqueued')} enqueued. ` : '';
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
    since,
    until,
    done,
    accounts: [...found].map(([accountSid, counts]) => ({ accountSid, ...counts })),
  };
}
