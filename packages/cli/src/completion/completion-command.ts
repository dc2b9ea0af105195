import { Argument, Command } from 'commander';
import { addExamples } from '../frame/examples';
import type { Terminal } from '../frame/terminal';
import { bashCompletion } from './bash';

/** `completion`: prints a completion script for a shell, made from the tree of commands. */
export function completionCommand(terminal: Terminal, program: Command): Command {
  const command = new Command('completion')
    .description('Print a script that completes commands and options in a shell.')
    .addArgument(new Argument('<shell>', 'the shell').choices(['bash']))
    .action(() => {
      terminal.out(bashCompletion(program));
    });
  return addExamples(
    command,
    'source <(optout-sync completion bash)',
    'optout-sync completion bash > ~/.local/share/bash-completion/completions/optout-sync',
  );
}
