import { Command } from 'commander';
import { discardDeadLetters, selectDeadLetters, withStores } from '@optout-sync/operations';
import type { Terminal } from '../command';
import { PREVIEW_SIZE, filterText, printPreview } from './dead-letter-text';
import { addChangeOptions, parseSelection, type ChangeOptions } from './options';

/** `dlq discard` */
export function discardCommand(terminal: Terminal): Command {
  const command = new Command('discard')
    .description(
      'Delete dead letters: by id, by filter, or all. This cannot be undone. Without --yes only shows which.',
    )
    .argument('[ids...]');
  return addChangeOptions(command).action(async (ids: string[], options: ChangeOptions) => {
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
      if (left > 0) terminal.out(`${String(left)} are being replayed, or no longer exist.`);
    });
  });
}
