import { Command } from 'commander';
import { OperationError, accountOf, overrideConsent, withStores } from '@optout-sync/operations';
import { readRoutes } from '@optout-sync/shared/config';
import { wholeNumber } from '../options';
import type { Terminal } from '../terminal';
import { entriesTable } from './entries-table';

/** `review`: messages that are worded like an opt-out and changed nothing, until somebody looked at them. */
export function reviewCommand(terminal: Terminal): Command {
  const review = new Command('review').description('Messages worded like an opt-out, for you to judge.');

  review
    .command('list')
    .description('List what waits, the oldest first. Phones are masked; --json has them whole.')
    .option('--limit <n>', 'how many at most', wholeNumber, 50)
    .option('--offset <n>', 'how many to pass over', wholeNumber, 0)
    .option('--json', 'print JSON, phones whole', false)
    .action(async ({ limit, offset, json }: { limit: number; offset: number; json: boolean }) => {
      const { entries, total } = await withStores(terminal, ({ reviewList }) =>
        reviewList.list({ limit, offset }),
      );
      if (json) terminal.out(JSON.stringify({ total, offset, entries }, null, 2));
      else if (total === 0) terminal.out('Nothing to review.');
      else if (entries.length === 0) terminal.out(`None from there on: there are ${String(total)}.`);
      else {
        terminal.out(entriesTable(entries));
        terminal.out(`${String(offset + 1)} to ${String(offset + entries.length)} of ${String(total)}`);
      }
    });

  review
    .command('done')
    .description('Take a message off the list: it was no opt-out.')
    .argument('<messageSid>')
    .action(async (messageSid: string) => {
      const stood = await withStores(terminal, ({ reviewList }) => reviewList.done(messageSid));
      if (!stood) throw notFound(messageSid);
      terminal.out(`${messageSid} is off the list. Nobody was opted out.`);
    });

  review
    .command('stop')
    .description('It was an opt-out: opt the phone out by hand and take the message off the list.')
    .argument('<messageSid>')
    .requiredOption('--by <name>', 'who does this')
    .requiredOption('--why <text>', 'why')
    .action(async (messageSid: string, { by, why }: { by: string; why: string }) => {
      const routes = readRoutes(terminal.env);
      await withStores(terminal, async ({ queues, audit, reviewList }) => {
        const entry = await reviewList.get(messageSid);
        if (!entry) throw notFound(messageSid);
        const { workspace, channel, phone, sender } = entry;
        const accountSid = accountOf(routes, workspace);
        const override = { accountSid, channel, phone, sender, by, why };
        // In this order: a crash in between leaves it on the list, and doing it again changes nothing.
        const event = await overrideConsent(
          { queues, audit },
          { ...override, state: 'stopped', now: Date.now() },
        );
        await reviewList.done(messageSid);
        terminal.out(`Enqueued ${event.messageSid}: opted out by hand. ${messageSid} is off the list.`);
      });
    });

  return review;
}

function notFound(messageSid: string): OperationError {
  return new OperationError('review_entry_not_found', `${messageSid} is not on the review list`, 'failed');
}
