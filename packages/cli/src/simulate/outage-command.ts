import { setTimeout as delay } from 'node:timers/promises';
import { Argument, Command, Option } from 'commander';
import { Sandbox, pauseRedis, withStores } from '@optout-sync/operations';
import { addExamples } from '../frame/examples';
import { stoppableJob } from '../frame/interrupt';
import { duration } from '../frame/option-values';
import type { Terminal } from '../frame/terminal';

/** `simulate outage`: of Redis or Customer.io, in the demo. */
export function outageCommand(terminal: Terminal): Command {
  const command = new Command('outage')
    .description('Have Redis or Customer.io of the demo answer nothing, or only errors, for a time.')
    .addArgument(new Argument('<of>', 'what is out').choices(['redis', 'customerio']))
    .addOption(
      new Option('--for <duration>', 'how long, such as 30s or 2m')
        .argParser(duration)
        .default(30_000, '30s'),
    )
    .action(async (of: 'redis' | 'customerio', { for: ms }: { for: number }) => {
      // Whatever has a sandbox is no production system.
      const sandbox = await Sandbox.connect(terminal.env);
      if (of === 'redis') await pause(terminal, ms);
      else await breakCustomerIo(terminal, sandbox, ms);
    });
  return addExamples(
    command,
    'optout-sync simulate outage customerio --for 30s',
    'optout-sync simulate outage redis --for 10s',
  );
}

async function pause(terminal: Terminal, ms: number): Promise<void> {
  await withStores(terminal, (stores) => pauseRedis(stores, ms));
  terminal.out(`Redis answers nobody for ${String(ms / 1_000)} s, and then again by itself.`);
  const resume = () => ({ text: 'Redis answers again by itself.', command: 'optout-sync status' });
  await stoppableJob(terminal, resume, async (stop) => {
    await delay(ms, undefined, { signal: stop });
  });
  terminal.out('Redis answers again.');
}

async function breakCustomerIo(terminal: Terminal, sandbox: Sandbox, ms: number): Promise<void> {
  const mend = await sandbox.breakAll();
  terminal.out(`Customer.io answers 503 for ${String(ms / 1_000)} s. Ctrl-C ends it.`);
  await stoppableJob(terminal, undefined, async (stop) => {
    try {
      await delay(ms, undefined, { signal: stop }).catch(() => undefined);
    } finally {
      await mend();
    }
  });
  terminal.out('Customer.io answers again.');
}
