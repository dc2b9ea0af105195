import { Command } from 'commander';
import {
  followReplay,
  getReplay,
  previewReplay,
  replayOutcomes,
  selectDeadLetters,
  startReplay,
  withStores,
  type Selection,
  type Stores,
} from '@optout-sync/operations';
import { readRoutes } from '@optout-sync/shared/config';
import { isOver, type ReplayRun } from '@optout-sync/shared/dead-letters';
import { printJson, startProgress, type Terminal } from '../command';
import { positiveNumber } from '../option-values';
import { PREVIEW_SIZE, filterText, printPreview } from './dead-letter-text';
import { addChangeOptions, parseSelection, type ChangeOptions } from './options';
import { forecastText, outcomeText } from './replay-text';
import { outcomesText, progressText, skipTexts } from './run-text';

interface ReplayOptions extends ChangeOptions {
  readonly rate?: number;
  readonly follow: boolean;
  readonly json: boolean;
}

/** `dlq replay` */
export function replayCommand(terminal: Terminal): Command {
  const command = new Command('replay')
    .description(
      'Requeue dead letters: by id, by filter, or all. Without --yes only shows which. An old STOP or START never undoes a newer one.',
    )
    .argument('[ids...]');
  return addChangeOptions(command)
    .option('--rate <n>', 'dead letters per second at most', positiveNumber)
    .option('--no-follow', 'do not wait for the end')
    .option('--json', 'print JSON', false)
    .action(async (ids: string[], options: ReplayOptions) => {
      const filter = parseSelection(ids, options);
      await withStores(terminal, async (stores) => {
        const selection = await selectDeadLetters(stores, filter, PREVIEW_SIZE);
        if (options.yes) await replay(terminal, stores, selection, options);
        else await preview(terminal, stores, selection, options);
      });
    });
}

async function preview(
  terminal: Terminal,
  { ledger }: Stores,
  selection: Selection,
  { json }: ReplayOptions,
): Promise<void> {
  const { workspaceOf } = readRoutes(terminal.env);
  const forecasts = await previewReplay(selection.first, { ledger, workspaceOf });
  const texts = new Map([...forecasts].map(([id, forecast]) => [id, forecastText(forecast)]));
  if (json) {
    const { count, filter } = selection;
    printJson(terminal, { count, filter, forecasts: Object.fromEntries(texts) });
    return;
  }
  printPreview(terminal, 'replay', selection, texts);
}

async function replay(
  terminal: Terminal,
  stores: Stores,
  selection: Selection,
  { rate, follow, json, by, why }: ReplayOptions,
): Promise<void> {
  const { filter } = selection;
  const started = await startReplay(stores, filter, { by, why, rate });
  if (!json) terminal.out(`${started.id}: ${String(started.total)} to replay (${filterText(filter)}).`);
  const run = follow ? await followWithProgress(terminal, stores, started) : started;
  if (json) printJson(terminal, run);
  else if (follow) await printResult(terminal, stores, run, selection);
  else terminal.out(`\`dlq runs show ${run.id}\` shows its progress.`);
}

async function followWithProgress(
  terminal: Terminal,
  { queues }: Stores,
  run: ReplayRun,
): Promise<ReplayRun> {
  const bar = startProgress(
    terminal,
    '{bar} {value} of {total} dead letters, {eta_formatted} left',
    run.total,
  );
  try {
    return await followReplay(queues, run, ({ done, failed }) => {
      bar?.update(done + failed);
    });
  } finally {
    bar?.stop();
  }
}

async function printResult(
  terminal: Terminal,
  stores: Stores,
  run: ReplayRun,
  { first }: Selection,
): Promise<void> {
  terminal.out(`${progressText(run)}.`);
  if (!isOver(run)) {
    terminal.out('No worker has started it. It starts by itself when a worker runs.');
    return;
  }
  const { skipReasons } = await getReplay(stores, run.id);
  for (const text of skipTexts(skipReasons)) terminal.out(text);
  if (run.total > PREVIEW_SIZE) {
    terminal.out(`So far: ${outcomesText(run)}. \`dlq runs show ${run.id}\` shows the final outcomes.`);
    return;
  }
  const { workspaceOf } = readRoutes(terminal.env);
  const outcomes = await replayOutcomes(first, { ...stores, workspaceOf });
  for (const [id, outcome] of outcomes) terminal.out(`${id}: ${outcomeText(outcome)}`);
}
