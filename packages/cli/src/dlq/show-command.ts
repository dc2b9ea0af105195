import { Command } from 'commander';
import { getDeadLetter, withStores } from '@optout-sync/operations';
import { addExamples } from '../frame/examples';
import { printJson } from '../frame/json';
import { jsonOption } from '../frame/options';
import { recordReveal, revealOption, type PhoneOptions } from '../frame/phones';
import type { Terminal } from '../frame/terminal';
import { deadLetterJson } from './dead-letter-json';
import { deadLetterText } from './dead-letter-text';

/** `dlq show` */
export function showCommand(terminal: Terminal): Command {
  const command = new Command('show')
    .description('Show one dead letter: what is undone, and each attempt with its time and status.')
    .argument('<id>', 'the id of a dead letter')
    .addOption(revealOption('whole phones and contents'))
    .addOption(jsonOption())
    .action(async (id: string, { json, reveal }: PhoneOptions & { json: boolean }) => {
      const deadLetter = await withStores(terminal, async (stores) => {
        const found = await getDeadLetter(stores, id);
        await recordReveal(stores, { reveal }, 'dlq show', { id });
        return found;
      });
      if (json) printJson(terminal, deadLetterJson(deadLetter, { reveal }), { reveal });
      else terminal.out(deadLetterText(deadLetter, { reveal }));
    });
  return addExamples(command, 'optout-sync dlq show dl-4f1c', 'optout-sync dlq show dl-4f1c --reveal --json');
}
