import { Command } from 'commander';
import {
  replayOutcomes,
  previewReplay,
  findDeadLetters,
  withStores,
  type Stores,
} from '@optout-sync/operations';
import { readRoutes } from '@optout-sync/shared/config';
import {
  isOver,
  newRunId,
  type StoredDeadLetter,
  type DeadLetterFilter,
  type ReplayRun,
} from '@optout-sync/shared/dead-letters';
import { enqueueReplay } from '@optout-sync/shared/queues';
import { positive } from '../options';
import type { Terminal } from '../terminal';
import { addAuditOptions, whoAndWhy, type AuditOptions } from './audit-options';
import { addFilterOptions, chosen, filterText, type FilterOptions } from './filter-options';
import { followRun } from './follow-run';
import { SHOWN, previewOf } from './preview';
import { outcomesText, progressText } from './run-text';

interface ReplayOptions extends FilterOptions, AuditOptions {
  readonly all: boolean;
  readonly rate?: number;
  readonly follow: boolean;
  readonly json: boolean;
}

export function replayCommand(terminal: Terminal): Command {
  const command = new Command('replay')
    .description(
      'Put letters back to work: those named, those that meet the filters, or all. Without --yes only shows which. An old STOP or START never undoes a newer one.',
    )
    .argument('[ids...]');
  addAuditOptions(addFilterOptions(command).option('--all', 'all letters', false))
    .option('--rate <n>', 'letters a second at most', positive)
    .option('--no-follow', 'do not wait for the end')
    .option('--json', 'print JSON', false)
    .action(async (ids: string[], options: ReplayOptions) => {
      const filter = chosen(ids, options);
      await withStores(terminal, async (stores) => {
        const letters = await findDeadLetters(stores, filter, SHOWN);
        if (options.yes) await replay(terminal, stores, filter, letters, options);
        else await preview(terminal, stores, filter, letters, options);
      });
    });
  return command;
}

async function preview(
  terminal: Terminal,
  { queues, ledger }: Stores,
  filter: DeadLetterFilter,
  letters: readonly StoredDeadLetter[],
  { json }: ReplayOptions,
): Promise<void> {
  const { count } = await queues.deadLetters.count(filter, { exact: true });
  const forecasts = await previewReplay(letters, {
    ledger,
    workspaceOf: readRoutes(terminal.env).workspaceOf,
  });
  if (json) {
    terminal.out(JSON.stringify({ count, filter, forecasts: Object.fromEntries(forecasts) }, null, 2));
    return;
  }
  previewOf(terminal, 'replay', { letters, count, filter, forecasts });
}

async function replay(
  terminal: Terminal,
  stores: Stores,
  filter: DeadLetterFilter,
  letters: readonly StoredDeadLetter[],
  { rate, follow, json, ...doing }: ReplayOptions,
): Promise<void> {
  const { queues, audit } = stores;
  const { by, why } = whoAndWhy(doing);
  // The trail first: a run that exists is carried out, whatever becomes of this command.
  const id = newRunId();
  const { count: total } = await queues.deadLetters.count(filter, { exact: true });
  const details = { run: id, filter, total, ...(rate === undefined ? {} : { rate }) };
  await audit.add({ action: 'replay', by, why, details });
  const made = await queues.runs.create({ id, filter, by, why, rate });
  await enqueueReplay(queues, made.id);
  if (!json) terminal.out(`${made.id}: ${String(made.total)} to replay (${filterText(filter)}).`);
  const run = follow ? await followRun(made, queues.runs, terminal) : made;
  if (json) terminal.out(JSON.stringify(run, null, 2));
  else if (follow) await tell(terminal, stores, run, letters);
  else terminal.out(`\`dlq runs show ${run.id}\` tells how far it is.`);
}

async function tell(
  terminal: Terminal,
  { queues, ledger }: Stores,
  run: ReplayRun,
  letters: readonly StoredDeadLetter[],
): Promise<void> {
  terminal.out(`${progressText(run)}.`);
  if (!isOver(run)) {
    terminal.out('No worker has taken it up. It goes on by itself once one runs.');
    return;
  }
  for (const [id, why] of Object.entries(await queues.runs.skipReasons(run.id)))
    terminal.out(`${id} stays: ${why}`);
  if (run.total <= SHOWN) {
    const { workspaceOf } = readRoutes(terminal.env);
    const replayable = letters.filter(({ letter }) => letter.undone.type !== 'raw');
    for (const fate of await replayOutcomes(replayable, { queues, ledger, workspaceOf })) terminal.out(fate);
    return;
  }
  terminal.out(`So far: ${outcomesText(run)}. \`dlq runs show ${run.id}\` tells how they end.`);
}
