import { Command } from 'commander';
import { ReplayError, getDeadLetter, listDeadLetters, replayDeadLetter } from '@optout-sync/shared';
import { wholeNumber } from '../options';
import type { Terminal } from '../terminal';
import { withStores } from '../with-stores';
import { lettersTable } from './letters-table';

/** `dlq`: the dead letters, that is, what could not be applied and waits for an operator. */
export function dlqCommand(terminal: Terminal): Command {
  const dlq = new Command('dlq').description('Dead letters: what could not be applied and waits for you.');

  dlq
    .command('list')
    .description('List dead letters, the oldest first. Phones are masked; `show` has them whole.')
    .option('--limit <n>', 'how many at most', wholeNumber, 50)
    .option('--offset <n>', 'how many to pass over', wholeNumber, 0)
    .option('--json', 'print JSON, phones whole', false)
    .action(async ({ limit, offset, json }: { limit: number; offset: number; json: boolean }) => {
      const { letters, total } = await withStores(terminal, ({ queues }) =>
        listDeadLetters(queues, { limit, offset }),
      );
      if (json) terminal.out(JSON.stringify({ total, offset, letters }, null, 2));
      else if (total === 0) terminal.out('No dead letters.');
      else {
        terminal.out(lettersTable(letters));
        terminal.out(`${String(offset + 1)} to ${String(offset + letters.length)} of ${String(total)}`);
      }
    });

  dlq
    .command('show')
    .description('Print one dead letter, whole, as JSON.')
    .argument('<id>')
    .action(async (id: string) => {
      const filed = await withStores(terminal, ({ queues }) => getDeadLetter(queues, id));
      if (!filed) throw new ReplayError('letter_not_found', `there is no dead letter ${id}`);
      terminal.out(JSON.stringify(filed, null, 2));
    });

  dlq
    .command('replay')
    .description('Put one dead letter back to work. An old STOP or START never undoes a newer one.')
    .argument('<id>')
    .action(async (id: string) => {
      const { letter } = await withStores(terminal, ({ queues }) => replayDeadLetter(queues, id));
      terminal.out(`${id} is back in the queue (it had failed at ${letter.stage} with ${letter.code}).`);
    });

  return dlq;
}
