import { Command } from 'commander';
import { cancelReplay, getReplay, withStores } from '@optout-sync/operations';
import { addExamples } from '../frame/examples';
import { printJson } from '../frame/json';
import {
  NOTHING_DONE,
  addChangeOptions,
  cursorOption,
  jsonOption,
  limitOption,
  nextPageText,
  type ChangeOptions,
} from '../frame/options';
import { cursorLike } from '../frame/option-values';
import type { Terminal } from '../frame/terminal';
import { progressText, runText, runsTable } from './run-text';

interface ListOptions {
  readonly limit: number;
  readonly cursor?: string;
  readonly json: boolean;
}

/** `runs`: lists, shows and cancels replay runs. */
export function runsCommand(terminal: Terminal): Command {
  const command = new Command('runs')
    .description('Replay runs and their progress.')
    .addCommand(listCommand(terminal))
    .addCommand(showCommand(terminal))
    .addCommand(cancelCommand(terminal));
  return addExamples(command, 'optout-sync runs list', 'optout-sync runs show run-1f3a');
}

function listCommand(terminal: Terminal): Command {
  const command = new Command('list')
    .description('List runs, the latest first.')
    .addOption(limitOption(20))
    .addOption(cursorOption(cursorLike(/^\d{1,9}$/)))
    .addOption(jsonOption())
    .action(async ({ limit, cursor = '0', json }: ListOptions) => {
      const offset = Number(cursor);
      // One more tells whether there is a next page.
      const found = await withStores(terminal, ({ queues }) => queues.runs.list(limit + 1, offset));
      const runs = found.slice(0, limit);
      const next = found.length > limit ? String(offset + limit) : undefined;
      if (json) {
        printJson(terminal, { next: next ?? null, runs });
        return;
      }
      terminal.out(runs.length > 0 ? runsTable(terminal, runs) : 'No replay runs.');
      if (next !== undefined) terminal.out(nextPageText(next));
    });
  return addExamples(command, 'optout-sync runs list', 'optout-sync runs list --limit 5 --json');
}

function showCommand(terminal: Terminal): Command {
  const command = new Command('show')
    .description('Show a run: its progress, and the outcomes of the jobs that it requeued.')
    .argument('<run>', 'the id of a run')
    .addOption(jsonOption())
    .action(async (id: string, { json }: { json: boolean }) => {
      const { run, skipReasons } = await withStores(terminal, (stores) => getReplay(stores, id));
      if (json) printJson(terminal, { ...run, kept: skipReasons });
      else terminal.out(runText(run, skipReasons));
    });
  return addExamples(command, 'optout-sync runs show run-1f3a', 'optout-sync runs show run-1f3a --json');
}

function cancelCommand(terminal: Terminal): Command {
  const command = new Command('cancel')
    .description('Cancel a run. Jobs that it has requeued are carried out; the other dead letters stay.')
    .argument('<run>', 'the id of a run');
  addChangeOptions(command)
    .addOption(jsonOption())
    .action(async (id: string, { json, yes, by, why }: ChangeOptions & { json: boolean }) => {
      const run = await withStores(terminal, async (stores) =>
        yes ? cancelReplay(stores, id, { by, why }) : (await getReplay(stores, id)).run,
      );
      if (json) {
        printJson(terminal, run);
        return;
      }
      terminal.out(`${progressText(run)}.`);
      if (!yes) terminal.out(NOTHING_DONE);
    });
  return addExamples(
    command,
    'optout-sync runs cancel run-1f3a',
    "optout-sync runs cancel run-1f3a --yes --by Ann --why 'the wrong filter'",
  );
}
