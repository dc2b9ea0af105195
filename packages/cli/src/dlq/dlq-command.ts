import { Command } from 'commander';
import { deadLetterNotFound, withStores } from '@optout-sync/operations';
import type { DeadLetterFilter } from '@optout-sync/shared/dead-letters';
import { cursorLike, wholeNumber } from '../options';
import type { Terminal } from '../terminal';
import { lettersTable } from './dead-letters-table';
import { discardCommand } from './discard-command';
import { addFilterOptions, filterOf, type FilterOptions } from './filter-options';
import { replayCommand } from './replay-command';
import { runsCommand } from './runs-command';

interface ListOptions extends FilterOptions {
  readonly limit: number;
  readonly cursor?: string;
  readonly json: boolean;
}

/** `dlq`: the dead letters, that is, what could not be applied and waits for an operator. */
export function dlqCommand(terminal: Terminal): Command {
  const dlq = new Command('dlq').description('Dead letters: what could not be applied and waits for you.');

  addFilterOptions(
    dlq
      .command('list')
      .description(
        'List dead letters, the one that failed longest ago first. Phones are masked; `show` has them whole.',
      ),
  )
    .option('--limit <n>', 'how many at most, up to 1000', wholeNumber, 50)
    .option('--cursor <cursor>', 'go on where the page before ended', cursorLike(/^[\d.e+-]+\.[\w-]+$/))
    .option('--json', 'print JSON, phones whole', false)
    .action(async ({ limit, cursor, json, ...options }: ListOptions) => {
      const filter = filterOf(options);
      const [{ letters, next }, { count, exact }] = await withStores(terminal, ({ queues }) =>
        Promise.all([queues.deadLetters.page({ filter, limit, cursor }), queues.deadLetters.count(filter)]),
      );
      if (json) {
        terminal.out(JSON.stringify({ total: count, exact, next: next ?? null, letters }, null, 2));
        return;
      }
      if (letters.length > 0) terminal.out(lettersTable(letters));
      else if (next === undefined) terminal.out(noneText(filter, count));
      const total = exact ? String(count) : `${String(count)} or more`;
      if (letters.length > 0) terminal.out(`${String(letters.length)} of ${total}`);
      if (next !== undefined) terminal.out(`More: the same with --cursor ${next}`);
    });

  dlq
    .command('show')
    .description('Print one dead letter, whole, as JSON.')
    .argument('<id>')
    .action(async (id: string) => {
      const filed = await withStores(terminal, ({ queues }) => queues.deadLetters.get(id));
      if (!filed) throw deadLetterNotFound(id);
      terminal.out(JSON.stringify(filed, null, 2));
    });

  return dlq
    .addCommand(replayCommand(terminal))
    .addCommand(discardCommand(terminal))
    .addCommand(runsCommand(terminal));
}

function noneText(filter: DeadLetterFilter, count: number): string {
  if (count > 0) return 'None from there on.';
  return Object.keys(filter).length === 0 ? 'No dead letters.' : 'No dead letter meets these filters.';
}
