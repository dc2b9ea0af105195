import { Command } from 'commander';
import { cancelReplay, getReplay, withStores } from '@optout-sync/operations';
import { limitOption, printJson, requireAuthorOptions, type Terminal } from '../command';
import { progressText, runText, runsTable } from './run-text';

/** `dlq runs`: lists, shows and cancels replay runs. */
export function runsCommand(terminal: Terminal): Command {
  return new Command('runs')
    .description('Replay runs and their progress.')
    .addCommand(listCommand(terminal))
    .addCommand(showCommand(terminal))
    .addCommand(cancelCommand(terminal));
}

function listCommand(terminal: Terminal): Command {
  return new Command('list')
    .description('List runs, latest first.')
    .addOption(limitOption(20))
    .option('--json', 'print JSON', false)
    .action(async ({ limit, json }: { limit: number; json: boolean }) => {
      const runs = await withStores(terminal, ({ queues }) => queues.runs.list(limit));
      if (json) printJson(terminal, { runs });
      else terminal.out(runs.length > 0 ? runsTable(runs) : 'No replay runs.');
    });
}

function showCommand(terminal: Terminal): Command {
  return new Command('show')
    .description('Show a run: its progress, and the outcomes of the jobs that it requeued.')
    .argument('<run>')
    .option('--json', 'print JSON', false)
    .action(async (id: string, { json }: { json: boolean }) => {
      const { run, skipReasons } = await withStores(terminal, (stores) => getReplay(stores, id));
      if (json) printJson(terminal, { ...run, kept: skipReasons });
      else terminal.out(runText(run, skipReasons));
    });
}

function cancelCommand(terminal: Terminal): Command {
  const command = new Command('cancel')
    .description('Cancel a run. Jobs that it has requeued are carried out; the other dead letters stay.')
    .argument('<run>');
  return requireAuthorOptions(command)
    .option('--json', 'print JSON', false)
    .action(async (id: string, { json, by, why }: { json: boolean; by: string; why: string }) => {
      const run = await withStores(terminal, (stores) => cancelReplay(stores, id, { by, why }));
      if (json) printJson(terminal, run);
      else terminal.out(`${progressText(run)}.`);
    });
}
