import { Command, Option } from 'commander';
import { stringify } from 'csv-stringify/sync';
import { everyOptOut, withStores, type OptOut, type Stores } from '@optout-sync/operations';
import type { Subject } from '@optout-sync/shared/domain';
import { commandLine } from '../frame/command-line';
import { addExamples } from '../frame/examples';
import { stoppableJob } from '../frame/interrupt';
import { printJsonLine } from '../frame/json';
import { cursorOption, formerOption } from '../frame/options';
import { phoneText, recordReveal, revealOption, type PhoneOptions } from '../frame/phones';
import { startProgress } from '../frame/progress';
import type { Terminal } from '../frame/terminal';
import { addFilterOptions, readQuery, type FilterOptions, type Query } from './list-query';
import { optOutJson } from './list-text';
import { reportUnreadable } from './unreadable-entries';

const FORMATS = ['csv', 'jsonl'] as const;

interface ExportOptions extends FilterOptions, PhoneOptions {
  readonly format: (typeof FORMATS)[number];
  readonly cursor?: string;
}

/** The columns of CSV. Several senders, and several reasons, are separated by spaces. */
const COLUMNS = [
  ...(['phone', 'channel', 'workspace', 'state', 'since', 'stopped_senders'] as const),
  ...(['version', 'applied_version', 'written_to', 'reasons'] as const),
];

/** `optouts export`: streams the ledger, in memory that does not grow with it. */
export function exportCommand(terminal: Terminal): Command {
  const command = new Command('export').description(
    'Print who is opted out, all of them, as CSV or as one JSON object a line, in no order.',
  );
  addFilterOptions(command, 'stopped')
    .addOption(new Option('--format <format>', 'the format').choices(FORMATS).default('csv'))
    .addOption(new Option('--json', 'the same as --format jsonl').implies({ format: 'jsonl' }))
    .addOption(cursorOption())
    .addOption(revealOption())
    .addOption(formerOption('--full', 'reveal'))
    .action(async (options: ExportOptions) => {
      const { format, cursor, reveal, ...filter } = options;
      const query = readQuery(terminal.env, filter, 'stopped', cursor);
      await withStores(terminal, async (stores) => {
        await recordReveal(stores, { reveal }, 'optouts export');
        if (!reveal) terminal.error('Phones are masked: --reveal prints whole ones.');
        await exportAll(terminal, stores, query, { format, reveal });
      });
    });
  return addExamples(
    command,
    'optout-sync optouts export --reveal > optouts.csv',
    'optout-sync optouts export --format jsonl --workspace shop',
    'optout-sync optouts export --sender +15005550006 --since 90d',
  );
}

/** Prints all pages, from the cursor to the end. After Ctrl-C it says how to go on. */
export async function exportAll(
  terminal: Terminal,
  stores: Stores,
  query: Query,
  { format, reveal }: Pick<ExportOptions, 'format' | 'reveal'>,
): Promise<void> {
  const print = format === 'csv' ? csvPrinter(terminal, { reveal }) : jsonPrinter(terminal, { reveal });
  if (format === 'csv' && query.cursor === undefined) terminal.out(COLUMNS.join(','));
  // The cursor after what is printed; undefined before the first page and after the last.
  let [next, isAll]: [string | undefined, boolean] = [query.cursor, false];
  const resume = () =>
    isAll
      ? undefined
      : {
          text:
            next === query.cursor
              ? 'No row is printed yet.'
              : 'The output of the command below continues this one: append it.',
          command: commandLine(terminal, next === undefined ? {} : { '--cursor': next }),
        };
  await stoppableJob(terminal, resume, async (stop) => {
    const progress = startProgress(terminal, 'entries examined', await stores.ledger.maxEntries());
    let [examined, exported] = [0, 0];
    const unreadable: Subject[] = [];
    try {
      for await (const page of everyOptOut(stores, query)) {
        print(page.optOuts);
        next = page.next;
        isAll = next === undefined;
        examined += page.examined;
        exported += page.optOuts.length;
        unreadable.push(...page.unreadable);
        progress.update(examined, { exported });
        if (stop.aborted && !isAll) return;
      }
    } finally {
      progress.end();
    }
    reportUnreadable(terminal, unreadable, { reveal });
  });
}

type Print = (optOuts: readonly OptOut[]) => void;

function jsonPrinter(terminal: Terminal, options: PhoneOptions): Print {
  return (optOuts) => {
    for (const optOut of optOuts) printJsonLine(terminal, optOutJson(optOut), options);
  };
}

function csvPrinter(terminal: Terminal, options: PhoneOptions): Print {
  const shown = phoneText(options);
  return (optOuts) => {
    const rows = optOuts.map(({ subject, entry, now }) => [
      shown(subject.phone),
      subject.channel,
      subject.workspace,
      now.state,
      new Date(now.since).toISOString(),
      now.stoppedSenders.join(' '),
      entry.version,
      entry.appliedVersion,
      entry.people.length,
      now.reasons.join(' '),
    ]);
    if (rows.length > 0) terminal.out(stringify(rows).trimEnd());
  };
}
