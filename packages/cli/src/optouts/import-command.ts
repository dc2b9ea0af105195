import { Command, InvalidArgumentError, Option } from 'commander';
import {
  IMPORT_FIELDS,
  importOptOuts,
  overrideTarget,
  withStores,
  type ImportCounts,
  type ImportField,
  type ImportFormat,
} from '@optout-sync/operations';
import { readRoutes } from '@optout-sync/shared/config';
import { Channel, type Country } from '@optout-sync/shared/domain';
import { commandLine } from '../frame/command-line';
import { addExamples } from '../frame/examples';
import { EXIT, ExitStatus } from '../frame/exit-codes';
import { stoppableJob } from '../frame/interrupt';
import { printJson } from '../frame/json';
import { addChangeOptions, countryOption, jsonOption, type ChangeOptions } from '../frame/options';
import { pastTime, positiveWholeNumber } from '../frame/option-values';
import { startProgress, type Progress } from '../frame/progress';
import type { Terminal } from '../frame/terminal';
import { importText } from './import-text';
import { RejectsFile } from './rejects-file';

interface ImportOptions extends ChangeOptions {
  readonly format?: ImportFormat;
  readonly map: Partial<Record<ImportField, string>>;
  readonly sender?: string;
  readonly channel: Channel;
  readonly country?: Country;
  readonly asOf?: number | 'now';
  readonly account?: string;
  readonly rejects?: string;
  readonly rate: number;
  readonly json: boolean;
}

const EVENTS_PER_SECOND = 500;

/** `optouts import`: opt-outs that were recorded elsewhere. */
export function importCommand(terminal: Terminal): Command {
  const command = new Command('import')
    .description(
      'Import opt-outs that were recorded elsewhere, from CSV with a header or one JSON object a line. A row with a date is ' +
        'ordered by it among the words in the ledger; a row without one is imported where the ledger has no word of that ' +
        'phone to that sender. Without --yes the file is checked and counted. It may be repeated, and goes on where it was stopped.',
    )
    .argument('<file>', 'a .csv or .jsonl file')
    .addOption(
      new Option('--format <format>', 'the format (default: by the name of the file)').choices([
        'csv',
        'jsonl',
      ]),
    )
    .addOption(
      new Option(
        '--map <field=column>',
        `the column that holds ${IMPORT_FIELDS.join(', ')}; repeatable (default: columns with a usual name)`,
      )
        .argParser(parseMapping)
        .default({}, 'none'),
    )
    .option('--sender <sender>', 'your Messaging Service (MG...) or number, for rows that name none')
    .addOption(
      new Option('--channel <channel>', 'the channel of rows that name none')
        .choices(Channel.options)
        .default('sms'),
    )
    .addOption(countryOption())
    .addOption(
      new Option(
        '--as-of <time>',
        'the time of rows without a date, or `now`: these are imported even where the ledger has a word',
      ).argParser((text) => (text === 'now' ? text : pastTime(text))),
    )
    .option('--account <sid>', 'the Twilio account, needed when several are configured')
    .option('--rejects <file>', 'where to write the rows that are not imported (default: <file>.rejects)')
    .addOption(
      new Option('--rate <n>', 'opt-outs to enqueue per second at most')
        .argParser(positiveWholeNumber)
        .default(EVENTS_PER_SECOND),
    );
  addChangeOptions(command)
    .addOption(jsonOption())
    .action(async (file: string, options: ImportOptions) => {
      await runImport(terminal, file, options);
    });
  return addExamples(
    command,
    'optout-sync optouts import optouts.csv --sender +15005550006',
    "optout-sync optouts import optouts.csv --sender +15005550006 --country US --yes --by Ann --why 'from the old system'",
    "optout-sync optouts import list.csv --map 'phone=Mobile No' --map 'at=Opted Out' --map sender=From",
  );
}

/** @throws {ExitStatus} 3 when rows were rejected */
async function runImport(terminal: Terminal, path: string, options: ImportOptions): Promise<void> {
  const { yes, by, why, rate, json, account, map, ...others } = options;
  const format = options.format ?? (/\.(jsonl|ndjson)(\.rejects)?$/i.test(path) ? 'jsonl' : 'csv');
  const routes = readRoutes(terminal.env);
  const target = overrideTarget(routes, account, undefined);
  const rejects = new RejectsFile(options.rejects ?? `${path}.rejects`, format, path);
  const enqueue = yes ? { by, why, rate } : undefined;
  const { workspaceOf } = routes;
  const request = { ...others, path, format, columns: map, target, workspaceOf, enqueue };
  try {
    const counts = await importWithProgress(terminal, request, rejects);
    const rejected = rejects.exists ? rejects.path : undefined;
    if (json) printJson(terminal, { done: yes, ...counts, rejects: rejected ?? null });
    else terminal.out(importText(terminal, counts, { done: yes, rejects: rejected }));
    if (yes && rejected !== undefined) throw new ExitStatus(EXIT.partly);
  } finally {
    rejects.close();
  }
}

async function importWithProgress(
  terminal: Terminal,
  request: Parameters<typeof importOptOuts>[1],
  rejects: RejectsFile,
): Promise<ImportCounts> {
  const resume = (counts?: ImportCounts) => ({
    text: `${readText(counts, request.enqueue !== undefined)}What is enqueued stays so, and is skipped.`,
    command: commandLine(terminal),
  });
  return stoppableJob(terminal, resume, (stop) =>
    withStores(terminal, async (stores) => {
      // Shown once the columns are told.
      let progress: Progress | undefined;
      try {
        return await importOptOuts(stores, request, {
          stop,
          onColumns(columns) {
            const texts = Object.entries(columns).map(([field, name]) => `${field} from "${name}"`);
            terminal.error(`Columns: ${texts.join(', ')}.`);
          },
          onReject({ line, record }, reason) {
            rejects.add(line, reason, record);
          },
          onProgress({ rows, imported }, bytes, size) {
            // The number of rows is not known before the end.
            progress ??= startProgress(terminal, 'rows', 1);
            progress.setTotal(Math.max(rows, Math.round((rows * size) / Math.max(bytes, 1))));
            progress.update(rows, { imported });
          },
        });
      } finally {
        progress?.end();
      }
    }),
  );
}

/** How far an import came. */
const readText = (counts: ImportCounts | undefined, isDone: boolean): string =>
  counts
    ? `${String(counts.rows)} rows read, ${String(counts.imported)} ${isDone ? '' : 'to be '}enqueued. `
    : '';

type Mapping = Partial<Record<ImportField, string>>;

function parseMapping(text: string, others: Mapping = {}): Mapping {
  const [, field, column] = /^(\w+)=(.+)$/.exec(text) ?? [];
  const known = IMPORT_FIELDS.find((one) => one === field);
  if (known === undefined || column === undefined) {
    throw new InvalidArgumentError(
      `Write it as <field>=<column>, with a field of ${IMPORT_FIELDS.join(', ')}.`,
    );
  }
  return { ...others, [known]: column };
}
