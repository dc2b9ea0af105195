import { Command } from 'commander';
import type { Terminal } from '../frame/terminal';
import { addExamples } from '../frame/examples';
import { listCommand } from './list-command';

/** `sent-after`: messages that were sent after an opt-out, as the worker finds them in Twilio's message log. */
export function sentAfterCommand(terminal: Terminal): Command {
  const command = new Command('sent-after')
    .description(
      "Messages that were sent after an opt-out, as the worker finds them in Twilio's message log.",
    )
    .addCommand(listCommand(terminal));
  return addExamples(command, 'optout-sync sent-after list --since 7d');
}
