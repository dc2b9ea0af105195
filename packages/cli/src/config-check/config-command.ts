import { Command } from 'commander';
import { stringify } from 'yaml';
import {
  OperationError,
  configSummary,
  configWarnings,
  readSharedConfig,
  storedNameWarnings,
} from '@optout-sync/operations';
import { addExamples } from '../frame/examples';
import { printJson } from '../frame/json';
import { jsonOption } from '../frame/options';
import type { Terminal } from '../frame/terminal';

/** `config`: checks and prints the configuration. */
export function configCommand(terminal: Terminal): Command {
  const config = new Command('config').description('Check the configuration, as the services read it.');

  const check = config
    .command('check')
    .description(
      'Check the configuration of all services, as they do when they start, and print it without secrets. Redis need ' +
        'not be reachable.',
    )
    .addOption(jsonOption())
    .action(async ({ json }: { json: boolean }) => {
      const shared = readSharedConfig(terminal.env);
      // The configuration may be checked where Redis cannot be reached.
      const ofStoredNames = await storedNameWarnings(shared).catch((error: unknown) => {
        if (!(error instanceof OperationError)) throw error;
        terminal.error(error.message);
        return [];
      });
      const summary = configSummary(shared);
      const warnings = [...configWarnings(shared), ...ofStoredNames];
      if (json) {
        printJson(terminal, { ...summary, warnings });
        return;
      }
      terminal.out(stringify(summary).trimEnd());
      for (const warning of warnings) terminal.out(`warning: ${warning}`);
      terminal.out('No errors found.');
    });

  addExamples(check, 'optout-sync config check', 'optout-sync config check --json');
  return addExamples(config, 'optout-sync config check');
}
