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
import { addExamples } from '../frame/examples';
import { EXIT, ExitStatus } from '../frame/exit-codes';
import { stoppableJob } from '../frame/interrupt';
import { printJson } from '../frame/json';
import { jsonOption } from '../frame/options';
import { positiveNumber } from '../frame/option-values';
import { startProgress } from '../frame/progress';
import type { Terminal } from '../frame/terminal';
import { filterText } from '../runs/filter-text';
import { outcomesText, progressText, skipTexts } from '../runs/run-text';
import { PREVIEW_SIZE, printPreview } from './dead-letter-text';
import { addSelectionOptions, parseSelection, type SelectionOptions } from './options';
import { forecastText, outcomeText } from './replay-text';

interface ReplayOptions extends SelectionOptions {
  readonly rate?: number;
  readonly follow: boolean;
  readonly json: boolean;
}

/** `dlq replay` */
export function replayCommand(terminal: Terminal): Command {
  const command = new Command('replay')
    .description(
      'Requeue dead letters: by id, by filter, or all. An old STOP or START never undoes a newer one. Exit code 3 when ' +
        'not all were replayed.',
    )
    .argument('[ids...]', 'ids of dead letters');
  addSelectionOptions(command)
    .option('--rate <n>', 'dead letters per second at most', positiveNumber)
    .option('--no-follow', 'do not wait for the end')
    .addOption(jsonOption())
    .action(async (ids: string[], options: ReplayOptions) => {
      const filter = parseSelection(ids, options);
      await withStores(terminal, async (stores) => {
        const selection = await selectDeadLetters(stores, filter, PREVIEW_SIZE);
        if (options.yes) await replay(terminal, stores, selection, options);
        else await preview(terminal, stores, selection, options);
      });
    });
  return addExamples(
    command,
    'optout-sync dlq replay --code customerio_refused',
    "optout-sync dlq replay --code customerio_refused --yes --by Ann --why 'keys are mended'",
    "optout-sync dlq replay --all --rate 20 --no-follow --yes --by Ann --why 'after the outage'",
  );
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

/** @throws {ExitStatus} when some dead letters stay */
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
  else terminal.out(`\`optout-sync runs show ${run.id}\` shows its progress.`);
  if (follow && run.done < Math.max(run.total, selection.count, namedBy(selection))) {
    throw new ExitStatus(EXIT.partly);
  }
}

/** How many dead letters the command line names. One that does not exist is not replayed. */
const namedBy = ({ filter }: Selection): number => filter.ids?.length ?? 0;

async function followWithProgress(
  terminal: Terminal,
  { queues }: Stores,
  run: ReplayRun,
): Promise<ReplayRun> {
  const resume = `The workers go on with it: \`optout-sync runs show ${run.id}\` shows it, \`runs cancel\` ends it.`;
  return stoppableJob(terminal, resume, async (stop) => {
    const progress = startProgress(terminal, 'dead letters', run.total);
    try {
      return await followReplay(
        queues,
        run,
        ({ done, failed }) => {
          progress.update(done + failed, failed > 0 ? { 'cannot be replayed': failed } : {});
        },
        stop,
      );
    } finally {
      progress.end();
    }
  });
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
    terminal.out(
      `So far: ${outcomesText(run)}. \`optout-sync runs show ${run.id}\` shows the final outcomes.`,
    );
    return;
  }
  const { workspaceOf } = readRoutes(terminal.env);
  const outcomes = await replayOutcomes(first, { ...stores, workspaceOf });
  for (const [id, outcome] of outcomes) terminal.out(`${id}: ${outcomeText(outcome)}`);
}
