import { Command } from 'commander';
import { completeReview, stopFromReview, withStores } from '@optout-sync/operations';
import { readRoutes } from '@optout-sync/shared/config';
import { limitOption, printJson, requireAuthorOptions, type Terminal } from '../command';
import { wholeNumber } from '../option-values';
import { entriesTable } from './entries-table';

interface ListOptions {
  readonly limit: number;
  readonly offset: number;
  readonly json: boolean;
}

/** `review`: messages that are worded like an opt-out and changed no consent, until a person decides on them. */
export function reviewCommand(terminal: Terminal): Command {
  return new Command('review')
    .description('Messages worded like an opt-out, for you to decide on.')
    .addCommand(listCommand(terminal))
    .addCommand(doneCommand(terminal))
    .addCommand(stopCommand(terminal));
}

function listCommand(terminal: Terminal): Command {
  return new Command('list')
    .description('List the messages to review, oldest first. Phones are masked; --json prints them whole.')
    .addOption(limitOption(50, 1_000))
    .option('--offset <n>', 'how many messages to skip', wholeNumber, 0)
    .option('--json', 'print JSON, with whole phones', false)
    .action(async ({ limit, offset, json }: ListOptions) => {
      const { entries, total } = await withStores(terminal, ({ reviewList }) =>
        reviewList.list({ limit, offset }),
      );
      if (json) printJson(terminal, { total, offset, entries });
      else if (total === 0) terminal.out('Nothing to review.');
      else if (entries.length === 0)
        terminal.out(`No messages after this offset: the list has ${String(total)}.`);
      else {
        terminal.out(entriesTable(entries));
        terminal.out(`${String(offset + 1)} to ${String(offset + entries.length)} of ${String(total)}`);
      }
    });
}

function doneCommand(terminal: Terminal): Command {
  return new Command('done')
    .description('Take a message that is not an opt-out off the list.')
    .argument('<messageSid>')
    .action(async (messageSid: string) => {
      await withStores(terminal, (stores) => completeReview(stores, messageSid));
      terminal.out(`${messageSid} is off the list. Nobody was opted out.`);
    });
}

function stopCommand(terminal: Terminal): Command {
  const command = new Command('stop')
    .description('Opt the phone of a message out by hand and take the message off the list.')
    .argument('<messageSid>');
  return requireAuthorOptions(command).action(
    async (messageSid: string, { by, why }: { by: string; why: string }) => {
      const routes = readRoutes(terminal.env);
      const overrideSid = await withStores(terminal, (stores) =>
        stopFromReview(stores, routes, messageSid, { by, why }),
      );
      terminal.out(`Enqueued ${overrideSid}: opted out by hand. ${messageSid} is off the list.`);
    },
  );
}
