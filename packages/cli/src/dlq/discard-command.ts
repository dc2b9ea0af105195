import { Command } from 'commander';
import { discardDeadLetters, selectDeadLetters, withStores } from '@optout-sync/operations';
import { addExamples } from '../frame/examples';
import { EXIT, ExitStatus } from '../frame/exit-codes';
import type { Terminal } from '../frame/terminal';
import { filterText } from '../runs/filter-text';
import { PREVIEW_SIZE, printPreview } from './dead-letter-text';
import { addSelectionOptions, parseSelection, type SelectionOptions } from './options';

/** `dlq discard` */
export function discardCommand(terminal: Terminal): Command {
  const command = new Command('discard')
    .description('Delete dead letters: by id, by filter, or all. This cannot be undone.')
    .argument('[ids...]', 'ids of dead letters');
  addSelectionOptions(command).action(async (ids: string[], options: SelectionOptions) => {
    const filter = parseSelection(ids, options);
    await withStores(terminal, async (stores) => {
      const selection = await selectDeadLetters(stores, filter, PREVIEW_SIZE);
      if (!options.yes) {
        printPreview(terminal, 'discard', selection);
        return;
      }
      const discarded = await discardDeadLetters(stores, filter, options);
      terminal.out(`${String(discarded)} discarded (${filterText(filter)}).`);
      const left = selection.count - discarded;
      if (left <= 0) return;
      terminal.out(`${String(left)} are being replayed, or no longer exist.`);
      throw new ExitStatus(EXIT.partly);
    });
  });
  return addExamples(
    command,
    'optout-sync dlq discard --code message_not_understood',
    "optout-sync dlq discard dl-4f1c --yes --by Ann --why 'a test of ours'",
  );
}
