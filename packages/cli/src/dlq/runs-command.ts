import { Command } from 'commander';
import { OperationError, withStores } from '@optout-sync/operations';
import { isOver } from '@optout-sync/shared/dead-letters';
import { wholeNumber } from '../options';
import type { Terminal } from '../terminal';
import { whoAndWhy, type AuditOptions } from './audit-options';
import { progressText, runText, runsTable } from './run-text';

/** `dlq runs`: the replays that were asked for. */
export function runsCommand(terminal: Terminal): Command {
  const runs = new Command('runs').description('The replays that were asked for, and how far they are.');

  runs
    .command('list')
    .description('List them, the latest first.')
    .option('--limit <n>', 'how many at most', wholeNumber, 20)
    .option('--json', 'print JSON', false)
    .action(async ({ limit, json }: { limit: number; json: boolean }) => {
      const list = await withStores(terminal, ({ queues }) => queues.runs.list(limit));
      if (json) terminal.out(JSON.stringify({ runs: list }, null, 2));
      else terminal.out(list.length > 0 ? runsTable(list) : 'No replays.');
    });

  runs
    .command('show')
    .description('Show one: how far it is, and how what it put back to work ended.')
    .argument('<run>')
    .option('--json', 'print JSON', false)
    .action(async (id: string, { json }: { json: boolean }) => {
      await withStores(terminal, async ({ queues }) => {
        const run = await queues.runs.get(id);
        if (!run) throw runNotFound(id);
        const kept = await queues.runs.skipReasons(id);
        terminal.out(json ? JSON.stringify({ ...run, kept }, null, 2) : runText(run, kept));
      });
    });

  runs
    .command('cancel')
    .description('End one. What it has put back to work goes on; the other letters stay.')
    .argument('<run>')
    .requiredOption('--by <name>', 'who does this')
    .requiredOption('--why <text>', 'why')
    .option('--json', 'print JSON', false)
    .action(async (id: string, { json, ...options }: Omit<AuditOptions, 'yes'> & { json: boolean }) => {
      const { by, why } = whoAndWhy({ yes: true, ...options });
      await withStores(terminal, async ({ queues, audit }) => {
        const before = await queues.runs.get(id);
        if (!before) throw runNotFound(id);
        if (isOver(before))
          throw new OperationError('run_over', `${id} is ${before.state} already`, 'failed');
        await audit.add({ action: 'replay_cancel', by, why, details: { run: id } });
        await queues.runs.cancel(id);
        const run = (await queues.runs.get(id)) ?? before;
        terminal.out(json ? JSON.stringify(run, null, 2) : `${progressText(run)}.`);
      });
    });

  return runs;
}

function runNotFound(id: string): OperationError {
  return new OperationError('run_not_found', `there is no replay ${id}`, 'failed');
}
