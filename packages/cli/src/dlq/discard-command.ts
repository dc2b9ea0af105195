import { Command } from 'commander';
import { discardDeadLetters, selectDeadLetters, withStores } from '@optout-sync/operations';
import { addExamples } from '../frame/examples';
import { EXIT, ExitStatus } from '../frame/exit-codes';
import { printJson } from '../frame/json';
import { jsonOption } from '../frame/options';
import type { Terminal } from '../frame/terminal';
import { filterText } from '../runs/filter-text';
import { PREVIEW_SIZE, printPreview } from './dead-letter-text';
import { addSelectionOptions, parseSelection, type SelectionOptions } from './options';

interface DiscardOptions extends SelectionOptions {
  readonly json: boolean;
}

/** `dlq discard` */
export function discardCommand(terminal: Terminal): Command {
  const command = new Command('discard')
    .description('Delete dead letters: by id, by filter, or all. This cannot be undone.')
    .argument('[ids...]', 'ids of dead letters');
  addSelectionOptions(command)
    .addOption(jsonOption())
    .action(async (ids: string[], { json, ...options }: DiscardOptions) => {
      const filter = parseSelection(ids, options);
      await withStores(terminal, async (stores) => {
        const selection = await selectDeadLetters(stores, filter, PREVIEW_SIZE);
        const { count } = selection;
        if (!options.yes) {
          if (json) printJson(terminal, { done: false, filter, count });
          else printPreview(terminal, 'discard', selection);
          return;
        }
        const discarded = await discardDeadLetters(stores, filter, options);
        const left = Math.max(count - discarded, 0);
        if (json) printJson(terminal, { done: true, filter, discarded, left });
        else terminal.out(discardedText(filterText(filter), discarded, left));
        if (left > 0) throw new ExitStatus(EXIT.partly);
      });
    });
  return addExamples(
    command,
    'optout-sync dlq discard --code message_not_understood',
    "optout-sync dlq discard dl-4f1c --yes --by Ann --why 'a test of ours'",
  );
}

function discardedText(filter: string, discarded: number, left: number): string {
  const rest = left > 0 ? `\n${String(left)} are being replayed, or no longer exist.` : '';
  return `${String(discarded)} discarded (${filter}).${rest}`;
}
