import { Command, Option } from 'commander';
import { MAX_OPT_OUT_PAGE, listOptOuts, withStores, type Stores } from '@optout-sync/operations';
import { DriftKind } from '@optout-sync/shared/reconcile';
import { addExamples } from '../frame/examples';
import { printJson } from '../frame/json';
import { cursorOption, formerOption, jsonOption, limitOption, nextPageText } from '../frame/options';
import { recordReveal, revealOption, type PhoneOptions } from '../frame/phones';
import type { Terminal } from '../frame/terminal';
import { printDrifted } from './drifted-list';
import { exportAll } from './export-command';
import { addFilterOptions, readQuery, type FilterOptions, type Query } from './list-query';
import { optOutJson, optOutTable } from './list-text';
import { reportUnreadable } from './unreadable-entries';

interface ListOptions extends FilterOptions, PhoneOptions {
  readonly limit: number;
  readonly cursor?: string;
  readonly json: boolean;
  readonly all: boolean;
  /** `true` for all kinds. */
  readonly drifted?: DriftKind | true;
}

/** `optouts list`: lists who is opted out, page by page or all at once. */
export function listCommand(terminal: Terminal): Command {
  const command = addFilterOptions(
    new Command('list').description('List who is opted out, in no order.'),
    'stopped; with --drifted or --pending: both',
  )
    .addOption(
      new Option(
        '--drifted [kind]',
        'only phones where somebody in Customer.io differed at the last comparison, the oldest first; with a kind, only those',
      ).choices(DriftKind.options),
    )
    .addOption(limitOption(50, MAX_OPT_OUT_PAGE))
    .addOption(cursorOption())
    .addOption(revealOption())
    .addOption(formerOption('--full', 'reveal'))
    .addOption(jsonOption('print the page as JSON'))
    .option('--all', 'print all pages, as one JSON object a line, like `optouts export`', false)
    .action(async (options: ListOptions) => {
      await list(terminal, options);
    });
  return addExamples(
    command,
    'optout-sync optouts list --since 7d',
    'optout-sync optouts list --pending --json',
    'optout-sync optouts list --drifted missing',
  );
}

async function list(terminal: Terminal, { cursor, drifted, ...options }: ListOptions): Promise<void> {
  const { limit, reveal, json, all, ...filter } = options;
  const state = drifted || filter.pending ? undefined : 'stopped';
  const query = readQuery(terminal.env, filter, state, cursor);
  const kind = drifted === true ? undefined : drifted;
  await withStores(terminal, async (stores) => {
    await recordReveal(stores, { reveal }, 'optouts list');
    if (drifted) await printDrifted(terminal, stores, { ...query, kind }, { reveal, json, all, limit });
    else if (all) await exportAll(terminal, stores, query, { format: 'jsonl', reveal });
    else await printPage(terminal, stores, { ...query, limit }, { reveal, json });
  });
}

async function printPage(
  terminal: Terminal,
  stores: Stores,
  query: Query & { readonly limit: number },
  { reveal, json }: PhoneOptions & { readonly json: boolean },
): Promise<void> {
  const { optOuts, unreadable, examined, next } = await listOptOuts(stores, query);
  if (json) {
    printJson(terminal, { next: next ?? null, optouts: optOuts.map(optOutJson) }, { reveal });
    reportUnreadable(terminal, unreadable, { reveal });
    return;
  }
  if (optOuts.length > 0) terminal.out(optOutTable(terminal, optOuts, { reveal }));
  terminal.out(
    `${optOuts.length > 0 ? String(optOuts.length) : 'None'} listed, ${String(examined)} entries examined.`,
  );
  if (next !== undefined) terminal.out(nextPageText(next));
  reportUnreadable(terminal, unreadable, { reveal });
}
