import { Command, Option } from 'commander';
import {
  MAX_OPT_OUT_PAGE,
  everyOptOut,
  listOptOuts,
  withStores,
  workspaceOf,
  type OptOutFilter,
  type Stores,
} from '@optout-sync/operations';
import { readConsentPolicies, readRoutes } from '@optout-sync/shared/config';
import { Channel } from '@optout-sync/shared/domain';
import { DriftKind } from '@optout-sync/shared/reconcile';
import { cursorOption, limitOption, nextPageText, printJson, startProgress, type Terminal } from '../command';
import { time } from '../option-values';
import { printDrifted } from './drifted-list';
import { optOutJson, optOutTable } from './list-text';

interface ListOptions extends OptOutFilter {
  readonly limit: number;
  readonly cursor?: string;
  readonly full: boolean;
  readonly json: boolean;
  readonly all: boolean;
  /** `true` for all kinds. */
  readonly drifted?: DriftKind | true;
  /** False with `--no-match`. */
  readonly match: boolean;
}

type Query = Parameters<typeof everyOptOut>[1];

/** `optouts list`: lists who is opted out, page by page or all at once. */
export function listCommand(terminal: Terminal): Command {
  const command = new Command('list').description(
    'List who is opted out, in no order. Phones are masked; --full, --json and --all print them whole.',
  );
  return addFilterOptions(command)
    .addOption(limitOption(50, MAX_OPT_OUT_PAGE))
    .addOption(cursorOption())
    .option('--full', 'print whole phones', false)
    .option('--json', 'print the page as JSON', false)
    .option('--all', 'print all pages, as one JSON object per line', false)
    .action(async (options: ListOptions) => {
      await list(terminal, options);
    });
}

function addFilterOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--state <state>',
        'the state by the consent policy of the workspace, or with --sender (default: stopped; with --drifted or --pending: both)',
      ).choices(['stopped', 'started']),
    )
    .option('--workspace <name>', 'only this workspace')
    .addOption(new Option('--channel <channel>', 'only this channel').choices(Channel.options))
    .option('--sender <sender>', 'the state with this sender of yours alone: MG... or a number')
    .option(
      '--since <time>',
      'in that state since this time or later: ISO 8601, or an age such as 30m, 2h, 1d',
      time,
    )
    .option('--until <time>', 'in that state since this time or earlier', time)
    .option('--pending', 'only entries that Customer.io does not hold yet, a START too', false)
    .option('--no-match', 'only entries whose latest event found nobody with the number')
    .addOption(
      new Option(
        '--drifted [kind]',
        'only phones where somebody in Customer.io differed at the last comparison, the oldest first; with a kind, only those',
      ).choices(DriftKind.options),
    );
}

async function list(terminal: Terminal, { cursor, drifted, match, ...options }: ListOptions): Promise<void> {
  const { limit, full, json, all, ...filter } = options;
  const { env } = terminal;
  const workspace =
    filter.workspace === undefined ? undefined : workspaceOf(readRoutes(env), filter.workspace);
  const policies = new Map(readConsentPolicies(env).map(({ name, policy }) => [name, policy]));
  const state = filter.state ?? (drifted || filter.pending ? undefined : 'stopped');
  const query = { filter: { ...filter, workspace, state, noMatch: !match }, policies, cursor };
  const kind = drifted === true ? undefined : drifted;
  await withStores(terminal, async (stores) => {
    if (drifted) await printDrifted(terminal, stores, { ...query, kind }, { full, json, all, limit });
    else if (all) await printAll(terminal, stores, query);
    else await printPage(terminal, stores, { ...query, limit }, { full, json });
  });
}

async function printPage(
  terminal: Terminal,
  stores: Stores,
  query: Query & { readonly limit: number },
  { full, json }: { readonly full: boolean; readonly json: boolean },
): Promise<void> {
  const { optOuts, examined, next } = await listOptOuts(stores, query);
  if (json) {
    printJson(terminal, { next: next ?? null, optouts: optOuts.map(optOutJson) });
    return;
  }
  if (optOuts.length > 0) terminal.out(optOutTable(optOuts, full));
  terminal.out(
    `${optOuts.length > 0 ? String(optOuts.length) : 'None'} listed, ${String(examined)} entries examined.`,
  );
  if (next !== undefined) terminal.out(nextPageText(next));
}

async function printAll(terminal: Terminal, stores: Stores, query: Query): Promise<void> {
  const bar = startProgress(terminal, '{value} entries examined, {found} listed', 0, { found: 0 });
  let [examined, found] = [0, 0];
  try {
    for await (const page of everyOptOut(stores, query)) {
      for (const optOut of page.optOuts) terminal.out(JSON.stringify(optOutJson(optOut)));
      examined += page.examined;
      found += page.optOuts.length;
      bar?.update(examined, { found });
    }
  } finally {
    bar?.stop();
  }
}
