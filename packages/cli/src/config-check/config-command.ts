import { Command } from 'commander';
import { stringify } from 'yaml';
import { readSharedConfig } from '@optout-sync/operations';
import type { Terminal } from '../terminal';
import { summaryOf, warningsOf } from './summary';

/** `config`: what the services make of their configuration. */
export function configCommand(terminal: Terminal): Command {
  const config = new Command('config').description('The configuration, as the services read it.');

  config
    .command('check')
    .description(
      'Check the configuration and print it, without secrets. Settings of one service alone (ports, PUBLIC_URL, ' +
        'TRUST_PROXY, STUDIO_TOKEN) are checked when it starts.',
    )
    .option('--json', 'print JSON', false)
    .action(({ json }: { json: boolean }) => {
      const read = readSharedConfig(terminal.env);
      const [summary, warnings] = [summaryOf(read), warningsOf(read)];
      if (json) {
        terminal.out(JSON.stringify({ ...summary, warnings }, null, 2));
        return;
      }
      terminal.out(stringify(summary).trimEnd());
      for (const warning of warnings) terminal.out(`warning: ${warning}`);
      terminal.out('No mistakes found.');
    });

  return config;
}
