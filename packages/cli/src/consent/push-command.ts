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
import { itemsOfLedger, type LedgerOptions } from './ledger-items';
import { printPreview, printResults, type FoundItems, type Shown } from './push-text';

interface PushOptions extends ChangeOptions, PageOptions, LedgerOptions {
  readonly sender: string[];
  readonly cursor?: string;
  readonly fromLedger: boolean;
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
        'are opted out at Customer.io though the ledger has no opt-out of them, or those of the ledger, after a number moved to ' +
        'another Messaging Service. SMS, MMS and RCS, not WhatsApp.',
    )
    .argument('[phones...]', 'such as +14155550101')
    .addOption(
      new Option('--sender <sender>', 'your Messaging Service (MG...) or number, once for each')
        .argParser((text: string, before: string[]) => [...before, text])
        .default([], 'the column `sender`'),
    )
    .option('--csv <file>', 'CSV with a column phone, and perhaps sender and date; - reads standard input')
    .option('--from-customerio', 'the people whose opt-out attribute is true at Customer.io', false)
    .option('--from-ledger', 'the numbers that the ledger has an opt-out of, all pages of it', false)
    .option(
      '--opted-out-of <sender>',
      'with --from-ledger, the sender that they opted out of, by default that of --sender',
    )
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
    'optout-sync consent push --from-ledger --opted-out-of +15005550006 --sender MG0123456789abcdef0123456789abcdef',
  );
}

async function run(terminal: Terminal, phones: readonly string[], options: PushOptions): Promise<void> {
  requireOneSource(phones, options);
  const author = options.yes ? requireAuthor(options) : undefined;
  const target = consentTarget(terminal.env, options.account, readSenders(options));
  await withStores(terminal, async (stores) => {
    const pages = findItems(terminal, stores, target, phones, options);
    const shown = { ...options, phone: phoneText(options) };
    if (author) await pushPages(terminal, stores, pages, { ...options, target, author, shown });
    else await previewFirst(terminal, stores, pages, { ...options, target, shown });
  });
}

/** The senders whose workspace the people are read from. */
function readSenders({ sender, fromCustomerio, fromLedger, optedOutOf }: PushOptions): readonly string[] {
  if (fromLedger && optedOutOf !== undefined) return [optedOutOf];
  return fromLedger || fromCustomerio ? sender : [];
}

function requireOneSource(phones: readonly string[], options: PushOptions): void {
  const { csv, fromCustomerio, fromLedger, optedOutOf } = options;
  const given = [phones.length > 0, csv !== undefined, fromCustomerio, fromLedger];
  if (given.filter(Boolean).length !== 1) {
    throw new OperationError(
      'options_conflict',
      'give phones, --csv, --from-customerio or --from-ledger, and only one of them',
    );
  }
  if (optedOutOf !== undefined && !fromLedger) {
    throw new OperationError('options_conflict', '--opted-out-of is for --from-ledger');
  }
}

interface Run extends Pick<PushOptions, 'source' | 'reveal' | 'json' | 'fromCustomerio'> {
  readonly target: ConsentTarget;
  readonly shown: Shown;
}

/** Shows what would be done about the first page. */
async function previewFirst(
  terminal: Terminal,
  stores: Stores,
  pages: AsyncIterable<FoundItems>,
  { target, shown }: Run,
): Promise<void> {
  for await (const found of pages) {
    const planned = await planConsents(stores, target.workspaceOf, found.items);
    await recordReveal(stores, shown, 'consent push', { items: planned.length });
    printPreview(terminal, found, planned, shown);
    return;
  }
}

/** Pushes every page, and prints what became of all of them. */
async function pushPages(
  terminal: Terminal,
  stores: Stores,
  pages: AsyncIterable<FoundItems>,
  {
    target,
    shown,
    source,
    fromCustomerio,
    author,
  }: Run & { readonly author: ReturnType<typeof requireAuthor> },
): Promise<void> {
  const pushed: PushedItem[] = [];
  let all: FoundItems = { items: [], invalid: [], repeated: 0 };
  const progress = startProgress(terminal, 'opt-outs pushed');
  const push = async (signal: AbortSignal): Promise<void> => {
    const { account, apiUrl, workspaceOf } = target;
    const reason = fromCustomerio ? ('customerio' as const) : undefined;
    const pushOptions = { account, apiUrl, source, author, reason, signal };
    for await (const found of pages) {
      all = joined(all, found);
      const planned = await planConsents(stores, workspaceOf, found.items);
      await recordReveal(stores, shown, 'consent push', { items: planned.length });
      for await (const part of pushConsents(stores, planned, pushOptions)) {
        pushed.push(...part);
        progress.update(pushed.length);
      }
      if (signal.aborted || pushed.length < all.items.length) {
        // Not all of this page is pushed: it is where to go on.
        if (found.ledger) all = { ...all, next: found.begins };
        return;
      }
    }
  };
  const resume = () => ({
    text: 'What the ledger and Twilio have is stored once, however often it is pushed.',
    command: commandLine(terminal, all.begins === undefined ? {} : { '--cursor': all.begins }),
  });
  await stoppableJob(terminal, resume, push).finally(() => {
    progress.end();
    printResults(terminal, all, pushed, shown);
  });
  endWith(all.items.length, pushed, all);
}

/** Several pages as one, which goes on where the last of them does. */
function joined(before: FoundItems, page: FoundItems): FoundItems {
  const { ledger } = page;
  return {
    ...page,
    items: [...before.items, ...page.items],
    ...(ledger && {
      ledger: {
        examined: (before.ledger?.examined ?? 0) + ledger.examined,
        unreadable: (before.ledger?.unreadable ?? 0) + ledger.unreadable,
      },
    }),
  };
}

async function* findItems(
  terminal: Terminal,
  stores: Stores,
  target: ConsentTarget,
  phones: readonly string[],
  options: PushOptions,
): AsyncGenerator<FoundItems> {
  const { sender, csv, fromCustomerio, fromLedger } = options;
  if (fromLedger) yield* itemsOfLedger(stores, target.workspace.name, options);
  else if (fromCustomerio) yield await itemsOfCustomerIo(stores, target.workspace, sender, options);
  else {
    const written =
      csv === undefined
        ? phones.map((phone, n) => ({ row: n + 1, phone, sender: '', date: '' }))
        : readConsentCsv(await readInput(csv));
    const found = parseItems(written, sender, Date.now());
    const [first] = found.invalid;
    // A mistake in every row is one of the command line, or of the whole file.
    if (found.items.length === 0 && first)
      throw new OperationError(first.code, `row ${String(first.row)}: ${first.message}`);
    yield found;
  }
}

/** @throws {ExitStatus} unless Twilio has all of them: 1 where nothing was done, in the ledger neither */
function endWith(planned: number, pushed: readonly PushedItem[], { invalid }: FoundItems): void {
  const good = pushed.filter(({ twilio }) => twilio === 'stored' || twilio === 'skipped').length;
  if (good === planned && invalid.length === 0) return;
  const isNothingDone = good === 0 && !pushed.some(({ enqueued }) => enqueued);
  throw new ExitStatus(isNothingDone ? EXIT.failed : EXIT.partly);
}
