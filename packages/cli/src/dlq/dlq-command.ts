import { Command } from 'commander';
import { getDeadLetter, listDeadLetters, withStores } from '@optout-sync/operations';
import type { DeadLetterFilter } from '@optout-sync/shared/dead-letters';
import { cursorOption, limitOption, nextPageText, printJson, type Terminal } from '../command';
import { cursorLike } from '../option-values';
import { deadLetterJson } from './dead-letter-json';
import { deadLetterTable } from './dead-letter-text';
import { discardCommand } from './discard-command';
import { addFilterOptions, parseFilter, type FilterOptions } from './options';
import { replayCommand } from './replay-command';
import { resolveCommand } from './resolve-command';
import { runsCommand } from './runs-command';

interface ListOptions extends FilterOptions {
  readonly limit: number;
  readonly cursor?: string;
  readonly json: boolean;
}

/** `dlq`: lists, replays and discards dead letters. */
export function dlqCommand(terminal: Terminal): Command {
  return new Command('dlq')
    .description('Dead letters: jobs whose retries are exhausted, and messages that could not be parsed.')
    .addCommand(listCommand(terminal))
    .addCommand(showCommand(terminal))
    .addCommand(replayCommand(terminal))
    .addCommand(resolveCommand(terminal))
    .addCommand(discardCommand(terminal))
    .addCommand(runsCommand(terminal));
}

function listCommand(terminal: Terminal): Command {
  const command = new Command('list').description(
    'List dead letters, oldest failure first. Phones are masked; `show` prints them whole.',
  );
  return addFilterOptions(command)
    .addOption(limitOption(50, 1_000))
    .addOption(cursorOption(cursorLike(/^[\d.e+-]+\.[\w-]+$/)))
    .option('--json', 'print JSON, with whole phones', false)
    .action(async ({ limit, cursor, json, ...options }: ListOptions) => {
      const filter = parseFilter(options);
      const { deadLetters, next, total, exact } = await withStores(terminal, (stores) =>
        listDeadLetters(stores, { filter, limit, cursor }),
      );
      if (json) {
        printJson(terminal, { total, exact, next: next ?? null, letters: deadLetters.map(deadLetterJson) });
        return;
      }
      if (deadLetters.length > 0) {
        terminal.out(deadLetterTable(deadLetters));
        terminal.out(`${String(deadLetters.length)} of ${exact ? '' : 'at least '}${String(total)}`);
      } else if (next === undefined) terminal.out(emptyText(filter, total));
      if (next !== undefined) terminal.out(nextPageText(next));
    });
}

function showCommand(terminal: Terminal): Command {
  return new Command('show')
    .description('Print one dead letter as JSON, with whole phones.')
    .argument('<id>')
    .action(async (id: string) => {
      printJson(terminal, deadLetterJson(await withStores(terminal, (stores) => getDeadLetter(stores, id))));
    });
}

function emptyText(filter: DeadLetterFilter, total: number): string {
  if (total > 0) return 'No dead letters after this cursor.';
  return Object.keys(filter).length === 0 ? 'No dead letters.' : 'No dead letter meets these filters.';
}
