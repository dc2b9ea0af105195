import { Command, Option } from 'commander';
import {
  OperationError,
  consentTarget,
  parseItems,
  planConsents,
  pushConsents,
  readConsentCsv,
  requireAuthor,
  withStores,
  type ConsentTarget,
  type PushedItem,
  type Stores,
} from '@optout-sync/operations';
import { commandLine } from '../frame/command-line';
import { addExamples } from '../frame/examples';
import { EXIT, ExitStatus } from '../frame/exit-codes';
import { stoppableJob } from '../frame/interrupt';
import {
  addChangeOptions,
  cursorOption,
  jsonOption,
  limitOption,
  type ChangeOptions,
} from '../frame/options';
import { phoneText, recordReveal, revealOption } from '../frame/phones';
import { startProgress } from '../frame/progress';
import { readInput } from '../frame/read-input';
import type { Terminal } from '../frame/terminal';
import { itemsOfCustomerIo, MAX_PAGE, type PageOptions } from './customerio-items';
import { printPreview, printResults, type FoundItems } from './push-text';

interface PushOptions extends ChangeOptions, PageOptions {
  readonly sender: string[];
  readonly source: 'website' | 'offline' | 'others';
  readonly account?: string;
  readonly csv?: string;
  readonly fromCustomerio: boolean;
  readonly reveal: boolean;
  readonly json: boolean;
}

/** `consent push`: stores opt-outs at Twilio and in the ledger. */
export function pushCommand(terminal: Terminal): Command {
  const command = new Command('push')
    .description(
      "Opt numbers out of a sender, in the ledger and in Twilio's own list: phones as arguments, from CSV, or those of people who " +
        'are opted out at Customer.io though the ledger has no opt-out of them. SMS, MMS and RCS, not WhatsApp.',
    )
    .argument('[phones...]', 'such as +14155550101')
    .addOption(
      new Option('--sender <sender>', 'your Messaging Service (MG...) or number, once for each')
        .argParser((text: string, before: string[]) => [...before, text])
        .default([], 'the column `sender`'),
    )
    .option('--csv <file>', 'CSV with a column phone, and perhaps sender and date; - reads standard input')
    .option('--from-customerio', 'the people whose opt-out attribute is true at Customer.io', false)
    .addOption(
      new Option('--source <source>', 'how the opt-outs were given, for Twilio')
        .choices(['website', 'offline', 'others'])
        .default('offline'),
    )
    .option('--account <sid>', 'the Twilio account, needed when several are configured')
    .addOption(limitOption(MAX_PAGE, MAX_PAGE))
    .addOption(cursorOption())
    .addOption(revealOption())
    .addOption(jsonOption());
  addChangeOptions(command).action((phones: string[], options: PushOptions) =>
    run(terminal, phones, options),
  );
  return addExamples(
    command,
    'optout-sync consent push +14155550101 --sender MG0123456789abcdef0123456789abcdef',
    "optout-sync consent push --csv calls.csv --sender +15005550006 --yes --by Ann --why 'calls of May'",
    'optout-sync consent push --from-customerio --sender MG0123456789abcdef0123456789abcdef',
  );
}

async function run(terminal: Terminal, phones: readonly string[], options: PushOptions): Promise<void> {
  if ([phones.length > 0, options.csv !== undefined, options.fromCustomerio].filter(Boolean).length !== 1) {
    throw new OperationError(
      'options_conflict',
      'give phones, --csv or --from-customerio, and only one of them',
    );
  }
  const author = options.yes ? requireAuthor(options) : undefined;
  const target = consentTarget(terminal.env, options.account, options.fromCustomerio ? options.sender : []);
  await withStores(terminal, async (stores) => {
    const found = await findItems(terminal, stores, target, phones, options);
    const planned = await planConsents(stores, target.workspaceOf, found.items);
    await recordReveal(stores, options, 'consent push', { items: planned.length });
    const shown = { ...options, phone: phoneText(options) };
    if (!author) {
      printPreview(terminal, found, planned, shown);
      return;
    }
    const pushed: PushedItem[] = [];
    const progress = startProgress(terminal, 'opt-outs pushed', planned.length);
    const push = async (signal: AbortSignal): Promise<void> => {
      const { account, apiUrl } = target;
      const { source } = options;
      for await (const part of pushConsents(stores, planned, { account, apiUrl, source, author, signal })) {
        pushed.push(...part);
        progress.update(pushed.length);
      }
    };
    const resume = () => ({
      text: 'What the ledger and Twilio have is stored once, however often it is pushed.',
      command: commandLine(terminal),
    });
    await stoppableJob(terminal, resume, push).finally(() => {
      progress.end();
      printResults(terminal, found, pushed, shown);
    });
    endWith(planned.length, pushed, found);
  });
}

async function findItems(
  terminal: Terminal,
  stores: Stores,
  target: ConsentTarget,
  phones: readonly string[],
  options: PushOptions,
): Promise<FoundItems> {
  const { sender, csv, fromCustomerio } = options;
  if (fromCustomerio) return itemsOfCustomerIo(stores, target.workspace, sender, options);
  const written =
    csv === undefined
      ? phones.map((phone, n) => ({ row: n + 1, phone, sender: '', date: '' }))
      : readConsentCsv(await readInput(csv));
  const found = parseItems(written, sender, Date.now());
  const [first] = found.invalid;
  // A mistake in every row is one of the command line, or of the whole file.
  if (found.items.length === 0 && first)
    throw new OperationError(first.code, `row ${String(first.row)}: ${first.message}`);
  return found;
}

/** @throws {ExitStatus} unless Twilio has all of them: 1 where nothing was done, in the ledger neither */
function endWith(planned: number, pushed: readonly PushedItem[], { invalid }: FoundItems): void {
  const good = pushed.filter(({ twilio }) => twilio === 'stored' || twilio === 'skipped').length;
  if (good === planned && invalid.length === 0) return;
  const isNothingDone = good === 0 && !pushed.some(({ enqueued }) => enqueued);
  throw new ExitStatus(isNothingDone ? EXIT.failed : EXIT.partly);
}
