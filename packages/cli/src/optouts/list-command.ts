import { SingleBar } from 'cli-progress';
import { Command, Option } from 'commander';
import {
  OperationError,
  rowOf,
  withStores,
  workspaceOf,
  type ListFilter,
  type Row,
} from '@optout-sync/operations';
import { readConsentPolicies, readRoutes } from '@optout-sync/shared/config';
import { Channel } from '@optout-sync/shared/domain';
import { CursorError, type Ledger, type ListOptions } from '@optout-sync/shared/ledger';
import { time, wholeNumber } from '../options';
import type { Terminal } from '../terminal';
import { rowJson, rowsTable } from './list-text';

const MOST = 1_000;

interface Options extends ListFilter {
  readonly limit: number;
  readonly cursor?: string;
  readonly full: boolean;
  readonly json: boolean;
  readonly all: boolean;
}

/** `optouts list`: who is opted out, page by page or, for programs, all of them. */
export function listCommand(terminal: Terminal): Command {
  return new Command('list')
    .description(
      'List who is opted out, in no order. Phones are masked; --full, --json and --all have them whole.',
    )
    .addOption(
      new Option('--state <state>', 'by the consent policy of the workspace, or with --sender')
        .choices(['stopped', 'started'])
        .default('stopped'),
    )
    .option('--workspace <name>', 'of this workspace')
    .addOption(new Option('--channel <channel>', 'on this channel').choices(Channel.options))
    .option('--sender <sender>', 'state with this sender of yours alone: MG... or a number')
    .option('--since <time>', 'in that state since then or later: ISO 8601, or 30m, 2h, 1d ago', time)
    .option('--until <time>', 'in that state since then or earlier', time)
    .option('--pending', 'only what Customer.io does not hold yet', false)
    .option('--limit <n>', `how many on a page, up to ${String(MOST)}; a few more may come`, wholeNumber, 50)
    .option('--cursor <cursor>', 'go on where the page before ended')
    .option('--full', 'show phones whole', false)
    .option('--json', 'print the page as JSON', false)
    .option('--all', 'print all that match, one JSON object a line', false)
    .action(async (options: Options) => {
      const { limit, cursor, full, json, all } = options;
      if (limit < 1 || limit > MOST) {
        throw new OperationError('limit_invalid', `--limit must be from 1 to ${String(MOST)}`);
      }
      const { env } = terminal;
      if (options.workspace !== undefined) workspaceOf(readRoutes(env), options.workspace);
      const policies = new Map(readConsentPolicies(env).map(({ name, policy }) => [name, policy]));
      const toRow = rowOf(options, policies);
      await withStores(terminal, async ({ ledger }) => {
        const pageFrom = (from: string | undefined, size: number) =>
          pageOf(ledger, toRow, {
            ...only(options),
            limit: size,
            ...(from !== undefined && { cursor: from }),
          });
        if (all) {
          await exportAll(terminal, (from) => pageFrom(from, MOST), cursor);
          return;
        }
        const { rows, next, looked } = await pageFrom(cursor, limit);
        if (json) {
          terminal.out(JSON.stringify({ next: next ?? null, optouts: rows.map(rowJson) }, null, 2));
          return;
        }
        if (rows.length > 0) terminal.out(rowsTable(rows, full));
        terminal.out(`${rows.length > 0 ? String(rows.length) : 'None'} of ${String(looked)} looked at.`);
        if (next !== undefined) terminal.out(`There may be more: the same with --cursor ${next}`);
      });
    });
}

interface RowPage {
  readonly rows: readonly Row[];
  readonly looked: number;
  readonly next: string | undefined;
}

const only = ({ workspace, channel }: Options): Pick<ListOptions, 'workspace' | 'channel'> => ({
  ...(workspace !== undefined && { workspace }),
  ...(channel !== undefined && { channel }),
});

async function pageOf(
  ledger: Ledger,
  toRow: ReturnType<typeof rowOf>,
  options: Omit<ListOptions, 'matches'>,
): Promise<RowPage> {
  try {
    const page = await ledger.list({ ...options, matches: (listed) => toRow(listed) !== undefined });
    return { ...page, rows: page.entries.flatMap((listed) => toRow(listed) ?? []) };
  } catch (error) {
    throw error instanceof CursorError ? new OperationError('cursor_invalid', error.message) : error;
  }
}

/** Prints every page, from the cursor on, and shows on the terminal, where there is one, how far it is. */
async function exportAll(
  terminal: Terminal,
  pageFrom: (cursor: string | undefined) => Promise<RowPage>,
  cursor: string | undefined,
): Promise<void> {
  const { progress } = terminal;
  const bar =
    progress &&
    new SingleBar({ stream: progress, format: '{value} looked at, {found} listed', clearOnComplete: true });
  bar?.start(0, 0, { found: 0 });
  let [looked, found, from]: [number, number, string | undefined] = [0, 0, cursor];
  try {
    do {
      const page = await pageFrom(from);
      for (const row of page.rows) terminal.out(JSON.stringify(rowJson(row)));
      looked += page.looked;
      found += page.rows.length;
      bar?.update(looked, { found });
      from = page.next;
    } while (from !== undefined);
  } finally {
    bar?.stop();
  }
}
