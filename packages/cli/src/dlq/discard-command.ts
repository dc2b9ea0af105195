import { Command } from 'commander';
import { findDeadLetters, withStores } from '@optout-sync/operations';
import type { Terminal } from '../terminal';
import { addAuditOptions, whoAndWhy, type AuditOptions } from './audit-options';
import { addFilterOptions, chosen, filterText, type FilterOptions } from './filter-options';
import { SHOWN, previewOf } from './preview';

interface DiscardOptions extends FilterOptions, AuditOptions {
  readonly all: boolean;
}

export function discardCommand(terminal: Terminal): Command {
  const command = new Command('discard')
    .description(
      'Throw letters away for good: those named, those that meet the filters, or all. Without --yes only shows which.',
    )
    .argument('[ids...]');
  addAuditOptions(addFilterOptions(command).option('--all', 'all letters', false)).action(
    async (ids: string[], options: DiscardOptions) => {
      const filter = chosen(ids, options);
      await withStores(terminal, async (stores) => {
        const { deadLetters } = stores.queues;
        const letters = await findDeadLetters(stores, filter, SHOWN);
        const { count } = await deadLetters.count(filter, { exact: true });
        if (!options.yes) {
          previewOf(terminal, 'discard', { letters, count, filter });
          return;
        }
        const { by, why } = whoAndWhy(options);
        // Before and after: a trail of it stays, whatever comes between.
        await stores.audit.add({ action: 'discard', by, why, details: { filter, count } });
        const discarded = await deadLetters.discard(filter);
        await stores.audit.add({ action: 'discarded', by, why, details: { filter, count: discarded } });
        terminal.out(`${String(discarded)} discarded (${filterText(filter)}).`);
        if (discarded < count)
          terminal.out(`${String(count - discarded)} are being replayed just now, or gone.`);
      });
    },
  );
  return command;
}
