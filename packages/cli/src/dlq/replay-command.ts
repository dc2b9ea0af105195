import { Command } from 'commander';
import {
  previewReplay,
  selectDeadLetters,
  startReplay,
  withStores,
  type Selection,
  type Stores,
} from '@optout-sync/operations';
import { readRoutes } from '@optout-sync/shared/config';
import { addExamples } from '../frame/examples';
import { EXIT, ExitStatus } from '../frame/exit-codes';
import { printJson } from '../frame/json';
import { jsonOption } from '../frame/options';
import { positiveNumber } from '../frame/option-values';
import type { Terminal } from '../frame/terminal';
import { filterText } from '../runs/filter-text';
import { PREVIEW_SIZE, printPreview } from './dead-letter-text';
import { addSelectionOptions, parseSelection, type SelectionOptions } from './options';
import { MAX_CHECKED, followToEnd, printResult } from './replay-result';
import { forecastText } from './replay-text';

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
        'not all were replayed, or some are dead letters again.',
    )
    .argument('[ids...]', 'ids of dead letters');
  addSelectionOptions(command)
    .option('--rate <n>', 'dead letters per second at most', positiveNumber)
    .option('--no-follow', 'do not wait for the end')
    .addOption(jsonOption())
    .action(async (ids: string[], options: ReplayOptions) => {
      const filter = parseSelection(ids, options);
      await withStores(terminal, async (stores) => {
        const size = options.yes ? MAX_CHECKED : PREVIEW_SIZE;
        const selection = await selectDeadLetters(stores, filter, size);
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

/** @throws {ExitStatus} when some dead letters stay, or are dead letters again */
async function replay(
  terminal: Terminal,
  stores: Stores,
  selection: Selection,
  options: ReplayOptions,
): Promise<void> {
  const { filter } = selection;
  const { rate, follow, json, by, why } = options;
  const started = await startReplay(stores, filter, { by, why, rate });
  if (!json) terminal.out(`${started.id}: ${String(started.total)} to replay (${filterText(filter)}).`);
  if (!follow) {
    if (json) printJson(terminal, started);
    else terminal.out(`\`optout-sync runs show ${started.id}\` shows its progress.`);
    return;
  }
  const result = await followToEnd(terminal, stores, started, selection);
  const { run, deadAgain } = result;
  if (json) printJson(terminal, { ...run, deadAgain });
  else await printResult(terminal, stores, result);
  if (deadAgain > 0 || run.done < Math.max(run.total, selection.count, namedBy(selection))) {
    throw new ExitStatus(EXIT.partly);
  }
}

/** How many dead letters the command line names. One that does not exist is not replayed. */
const namedBy = ({ filter }: Selection): number => filter.ids?.length ?? 0;
