import { Command } from 'commander';
import { withStores } from '@optout-sync/operations';
import { addExamples } from '../frame/examples';
import { printJson } from '../frame/json';
import { cursorOption, formerOption, jsonOption, limitOption, nextPageText } from '../frame/options';
import { cursorLike } from '../frame/option-values';
import { recordReveal, revealOption, type PhoneOptions } from '../frame/phones';
import type { Terminal } from '../frame/terminal';
import { entriesTable } from './entries-table';

interface ListOptions extends PhoneOptions {
  readonly limit: number;
  readonly cursor?: string;
  readonly json: boolean;
}

/** `review list` */
export function listCommand(terminal: Terminal): Command {
  const cursorForm = cursorLike(/^\d{1,9}$/);
  const command = new Command('list')
    .description('List the messages to review, the oldest first.')
    .addOption(limitOption(50, 1_000))
    .addOption(cursorOption(cursorForm))
    .addOption(formerOption('--offset <n>', 'cursor').argParser(cursorForm))
    .addOption(revealOption())
    .addOption(jsonOption())
    .action(async ({ limit, cursor = '0', json, reveal }: ListOptions) => {
      const offset = Number(cursor);
      const { entries, unreadable, total } = await withStores(terminal, async (stores) => {
        await recordReveal(stores, { reveal }, 'review list');
        return stores.reviewList.list({ limit, offset });
      });
      const end = offset + entries.length + unreadable.length;
      const next = end < total ? String(end) : undefined;
      if (json) {
        printJson(terminal, { total, next: next ?? null, entries, unreadable }, { reveal });
        return;
      }
      if (total === 0) terminal.out('Nothing to review.');
      else if (end === offset) {
        terminal.out(`No messages after this cursor: the list has ${String(total)}.`);
      } else {
        terminal.out(entriesTable(terminal, entries, { reveal }));
        terminal.out(`${String(offset + 1)} to ${String(end)} of ${String(total)}`);
      }
      if (unreadable.length > 0) terminal.error(unreadableText(unreadable));
      if (next !== undefined && end > offset) terminal.out(nextPageText(next));
    });
  return addExamples(command, 'optout-sync review list', 'optout-sync review list --limit 10 --json');
}

function unreadableText(messageSids: readonly string[]): string {
  return (
    `${String(messageSids.length)} messages are left out, which cannot be read: ${messageSids.join(', ')}. A later release wrote ` +
    'them, or they are damaged; `review done` takes them off the list.'
  );
}
