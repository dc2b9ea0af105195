import { setTimeout as delay } from 'node:timers/promises';
import { Command, Option } from 'commander';
import { readStatus, withStores } from '@optout-sync/operations';
import { readRoutes } from '@optout-sync/shared/config';
import { addExamples } from '../frame/examples';
import { stoppableJob } from '../frame/interrupt';
import { printJson, printJsonLine } from '../frame/json';
import { jsonOption } from '../frame/options';
import { positiveNumber } from '../frame/option-values';
import type { Terminal } from '../frame/terminal';
import { statusText } from './status-text';

interface StatusOptions {
  readonly watch: boolean;
  readonly every: number;
  readonly json: boolean;
}

/** `status`: one screen about a system. */
export function statusCommand(terminal: Terminal): Command {
  const command = new Command('status')
    .description(
      'Show a system on one screen: its processes, traffic and outcomes in the last hour, the oldest opt-out that Customer.io ' +
        'does not hold, queues, spool, dead letters, messages that were sent after an opt-out, workspaces and the sweep.',
    )
    .option('--watch', 'show it again and again, until Ctrl-C', false)
    .addOption(
      new Option('--every <seconds>', 'with --watch: how often').argParser(positiveNumber).default(2),
    )
    .addOption(jsonOption('print JSON; with --watch an object a line'))
    .action(async ({ watch, every, json }: StatusOptions) => {
      const routes = readRoutes(terminal.env);
      await withStores(terminal, async (stores) => {
        if (!watch) {
          const status = await readStatus(stores, routes);
          if (json) printJson(terminal, status);
          else terminal.out(statusText(terminal, status));
          return;
        }
        await watchStatus(terminal, { everyMs: every * 1_000 }, async () => {
          const status = await readStatus(stores, routes);
          if (json) printJsonLine(terminal, status);
          else show(terminal, statusText(terminal, status));
        });
      });
    });
  return addExamples(
    command,
    'optout-sync status',
    'optout-sync status --watch',
    'optout-sync status --json',
  );
}

/** Runs until Ctrl-C, which is how it is meant to end. */
async function watchStatus(
  terminal: Terminal,
  { everyMs }: { readonly everyMs: number },
  print: () => Promise<void>,
): Promise<void> {
  await stoppableJob(terminal, undefined, async (stop) => {
    while (!stop.aborted) {
      await print();
      await delay(everyMs, undefined, { signal: stop }).catch(() => undefined);
    }
  });
}

/** On a terminal in place of the one before, else below it. */
function show(terminal: Terminal, text: string): void {
  if (terminal.clear) terminal.clear();
  terminal.out(text);
}
