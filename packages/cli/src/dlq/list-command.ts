import { Command } from 'commander';
import { listDeadLetters, withStores } from '@optout-sync/operations';
import type { DeadLetterFilter } from '@optout-sync/shared/dead-letters';
import { addExamples } from '../frame/examples';
import { printJson } from '../frame/json';
import { cursorOption, jsonOption, limitOption, nextPageText } from '../frame/options';
import { cursorLike } from '../frame/option-values';
import { recordReveal, revealOption, type PhoneOptions } from '../frame/phones';
import type { Terminal } from '../frame/terminal';
import { deadLetterJson } from './dead-letter-json';
import { deadLetterTable } from './dead-letter-text';
import { addFilterOptions, parseFilter, type FilterOptions } from './options';

interface ListOptions extends FilterOptions, PhoneOptions {
  readonly limit: number;
  readonly cursor?: string;
  readonly json: boolean;
}

/** `dlq list` */
export function listCommand(terminal: Terminal): Command {
  const command = addFilterOptions(
    new Command('list').description('List dead letters, the oldest failure first.'),
  )
    .addOption(limitOption(50, 1_000))
    .addOption(cursorOption(cursorLike(/^[\d.e+-]+\.[\w-]+$/)))
    .addOption(revealOption('whole phones and contents'))
    .addOption(jsonOption())
    .action(async ({ limit, cursor, json, reveal, ...options }: ListOptions) => {
      const filter = parseFilter(options);
      const { deadLetters, next, total, exact } = await withStores(terminal, async (stores) => {
        await recordReveal(stores, { reveal }, 'dlq list');
        return listDeadLetters(stores, { filter, limit, cursor });
      });
      if (json) {
        const letters = deadLetters.map((deadLetter) => deadLetterJson(deadLetter, { reveal }));
        printJson(terminal, { total, exact, next: next ?? null, letters }, { reveal });
        return;
      }
      if (deadLetters.length > 0) {
        terminal.out(deadLetterTable(terminal, deadLetters));
        terminal.out(`${String(deadLetters.length)} of ${exact ? '' : 'at least '}${String(total)}`);
      } else if (next === undefined) terminal.out(emptyText(filter, total));
      if (next !== undefined) terminal.out(nextPageText(next));
    });
  return addExamples(
    command,
    'optout-sync dlq list',
    'optout-sync dlq list --code customerio_refused --since 2h',
    'optout-sync dlq list --phone +14155550123 --json',
  );
}

function emptyText(filter: DeadLetterFilter, total: number): string {
  if (total > 0) return 'No dead letters after this cursor.';
  return Object.keys(filter).length === 0 ? 'No dead letters.' : 'No dead letter meets these filters.';
}
