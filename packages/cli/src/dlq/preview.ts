import type { StoredDeadLetter, DeadLetterFilter } from '@optout-sync/shared/dead-letters';
import type { Terminal } from '../terminal';
import { lettersTable } from './dead-letters-table';
import { filterText } from './filter-options';

/** Of so many letters at most each is shown. */
export const SHOWN = 20;

/** Prints which letters `what` would be done to, the first of them in a table, and how it is done. */
export function previewOf(
  terminal: Terminal,
  what: 'replay' | 'discard',
  {
    letters,
    count,
    filter,
    forecasts,
  }: {
    readonly letters: readonly StoredDeadLetter[];
    readonly count: number;
    readonly filter: DeadLetterFilter;
    readonly forecasts?: Parameters<typeof lettersTable>[1];
  },
): void {
  if (letters.length > 0) terminal.out(lettersTable(letters, forecasts));
  if (count > letters.length) terminal.out(`... and ${String(count - letters.length)} more`);
  terminal.out(`${String(count)} to ${what} (${filterText(filter)}).`);
  terminal.out('Nothing was done. Repeat it with --yes --by <name> --why <text> to do it.');
}
