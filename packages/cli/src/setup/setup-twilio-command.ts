import { Command } from 'commander';
import {
  OperationError,
  applySetup,
  planSetup,
  recordSetup,
  requireAuthor,
  selectAccount,
  undoSetup,
  type Author,
  type SetupPlan,
} from '@optout-sync/operations';
import {
  collectErrors,
  ConfigError,
  readPublicUrl,
  readTwilioApiAccounts,
  readTwilioApiUrl,
  type TwilioApiAccount,
} from '@optout-sync/shared/config';
import { addExamples } from '../frame/examples';
import { printJson } from '../frame/json';
import { NOTHING_DONE, addChangeOptions, jsonOption, type ChangeOptions } from '../frame/options';
import type { Terminal } from '../frame/terminal';
import { changeLine, sendersText, stepLine } from './changes-text';
import { connectionOverrides, httpUrl } from './option-values';

interface SetupOptions extends ChangeOptions {
  readonly account?: string;
  readonly publicUrl?: string;
  readonly only?: string[];
  readonly overrides?: string;
  readonly fallbackUrl?: string;
  readonly statusCallback: boolean;
  readonly eventStreams: boolean;
  readonly undo?: string;
  readonly undoFile?: string;
  readonly json: boolean;
}

/** `setup twilio`: shows the numbers, short codes and services with their webhooks, and sets them. */
export function setupTwilioCommand(terminal: Terminal): Command {
  const command = new Command('twilio')
    .description(
      "Show an account's numbers, short codes and Messaging Services with their webhooks, and what has to be changed so that opt-outs " +
        'arrive. Without --yes nothing is changed. With it, a file is written first that undoes the changes.',
    )
    .option('--account <sid>', 'the Twilio account (default: the only one)')
    .option('--public-url <url>', 'the base URL that Twilio calls (default: PUBLIC_URL)', httpUrl)
    .option('--only <senders...>', 'change only these: numbers, short codes, SIDs or names of services')
    .option('--overrides <text>', 'how Twilio retries (default: rc=3&rp=all)', connectionOverrides)
    .option('--fallback-url <url>', 'the fallback URL to set, on a second ingest', httpUrl)
    .option('--no-status-callback', 'leave the status callbacks of services as they are')
    .option('--event-streams', 'also create or update a sink and subscription of Event Streams', false)
    .option('--undo-file <path>', 'where to write the file that undoes the changes')
    .option('--undo <file>', 'undo the changes of such a file');
  addChangeOptions(command)
    .addOption(jsonOption())
    .action(async (options: SetupOptions) => {
      const { accounts, apiUrl } = collectErrors({
        accounts: () => readTwilioApiAccounts(terminal.env),
        apiUrl: () => readTwilioApiUrl(terminal.env),
      });
      if (options.undo !== undefined) {
        await undo(terminal, accounts, apiUrl, { ...options, file: options.undo });
        return;
      }
      const account = selectAccount(accounts, options.account);
      const publicUrl = options.publicUrl ?? readPublicUrl(terminal.env);
      if (publicUrl === undefined) {
        throw new OperationError(
          'public_url_missing',
          'set PUBLIC_URL, or give --public-url: Twilio calls it',
        );
      }
      const plan = await planSetup(account, apiUrl, { ...options, publicUrl });
      await setUp(terminal, account, apiUrl, plan, options);
    });
  return addExamples(
    command,
    'optout-sync setup twilio',
    "optout-sync setup twilio --event-streams --yes --by Ann --why 'going live'",
    'optout-sync setup twilio --only +15005550006 --fallback-url https://backup.example.com/webhooks/twilio/messages',
    'optout-sync setup twilio --undo optout-sync-undo.json',
  );
}

async function setUp(
  terminal: Terminal,
  account: TwilioApiAccount,
  apiUrl: string,
  plan: SetupPlan,
  options: SetupOptions,
): Promise<void> {
  const { json, yes, undoFile = defaultUndoFile(account.sid) } = options;
  const { accountSid, senders, changes } = plan;
  const author = yes ? requireAuthor(options) : undefined;
  const isDone = author !== undefined && changes.length > 0;
  if (!json) {
    terminal.out(sendersText(senders));
    terminal.out(changes.length === 0 ? '\nNothing has to be changed.' : '\nChanges:');
    for (const change of changes) terminal.out(changeLine(change));
  }
  if (isDone) {
    terminal.error(`What undoes it, also after Ctrl-C: optout-sync setup twilio --undo ${undoFile}`);
    await applySetup(account, apiUrl, plan, {
      undoFile,
      now: Date.now(),
      onProgress: (change) => {
        terminal.error(`done: ${changeLine(change).trim()}`);
      },
    });
    await record(terminal, author, { accountSid, changes: changes.length, undoFile });
  }
  if (json) {
    const result = { accountSid, ...senders, changes, done: isDone, ...(isDone && { undoFile }) };
    printJson(terminal, result, { reveal: true });
  } else if (isDone) {
    terminal.out(`\nDone. To undo it: optout-sync setup twilio --undo ${undoFile}`);
  } else if (changes.length > 0) terminal.out(`\n${NOTHING_DONE}`);
}

/** Redis may not be there yet when Twilio is set up: what was done stays done. */
async function record(
  terminal: Terminal,
  author: Author,
  details: Readonly<Record<string, unknown>>,
): Promise<void> {
  try {
    await recordSetup(terminal.env, author, details);
  } catch (error) {
    if (!(error instanceof OperationError) && !(error instanceof ConfigError)) throw error;
    terminal.error('The audit trail does not show it, since Redis cannot be reached.');
  }
}

function defaultUndoFile(sid: string): string {
  return `optout-sync-undo-${sid}-${new Date().toISOString().replace(/[:.]/g, '-')}.json`;
}

async function undo(
  terminal: Terminal,
  accounts: readonly TwilioApiAccount[],
  apiUrl: string,
  options: ChangeOptions & { readonly file: string; readonly json: boolean },
): Promise<void> {
  const { file, json, yes } = options;
  const author = yes ? requireAuthor(options) : undefined;
  const steps = await undoSetup(accounts, apiUrl, { file, done: author !== undefined });
  if (author) await record(terminal, author, { undone: file, changes: steps.length });
  if (json) {
    printJson(terminal, { done: yes, steps }, { reveal: true });
    return;
  }
  for (const step of steps) terminal.out(stepLine(step, yes));
  if (!yes) terminal.out(`\n${NOTHING_DONE}`);
}
