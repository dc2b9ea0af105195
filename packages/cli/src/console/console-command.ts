import { Command } from 'commander';
import { addExamples } from '../frame/examples';
import type { Terminal } from '../frame/terminal';
import { addUserCommand } from './add-user-command';

/** `console`: who may use the console. */
export function consoleCommand(terminal: Terminal): Command {
  const command = new Command('console')
    .description('Who may use the console (docs/console.md).')
    .addCommand(addUserCommand(terminal));
  return addExamples(command, 'optout-sync console add-user ada@example.com --role operator');
}
