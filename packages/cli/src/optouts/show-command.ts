import { Command } from 'commander';
import { findSubject, queuedDestinations, whyWaiting, withStores } from '@optout-sync/operations';
import { readRoutes } from '@optout-sync/shared/config';
import { maskPhone, type Channel } from '@optout-sync/shared/domain';
import { addExamples } from '../frame/examples';
import { printJson } from '../frame/json';
import { channelOption, jsonOption } from '../frame/options';
import { recordReveal, revealOption, type PhoneOptions } from '../frame/phones';
import { subjectText } from '../frame/subject-text';
import type { Terminal } from '../frame/terminal';
import { entryJson } from './entry-json';
import { entryText } from './entry-text';

interface ShowOptions extends PhoneOptions {
  readonly channel?: Channel;
  readonly workspace?: string;
  readonly json: boolean;
}

/** `optouts show` */
export function showCommand(terminal: Terminal): Command {
  const command = new Command('show')
    .description(
      'Show the consent of a phone with each sender and since when; when each of its messages was sent, received and ' +
        'applied, and to whom; and why the latest waits.',
    )
    .argument('<phone>', 'such as +14155550123')
    .addOption(channelOption())
    .option('--workspace <name>', 'the workspace, needed when several are configured')
    .addOption(revealOption())
    .addOption(jsonOption())
    .action(async (phone: string, { channel, workspace, json, reveal }: ShowOptions) => {
      const subject = findSubject(readRoutes(terminal.env), { phone, channel, workspace });
      const { entry, ...shown } = await withStores(terminal, async (stores) => {
        await recordReveal(stores, { reveal }, 'optouts show', { phone: maskPhone(subject.phone) });
        const found = await stores.ledger.readWhole(subject);
        return {
          entry: found,
          waiting: found && (await whyWaiting(stores, subject, found)),
          origins: await stores.ledger.origins(),
          queued: await queuedDestinations(stores, subject),
        };
      });
      if (json) printJson(terminal, entryJson(subject, entry, shown), { reveal });
      else if (entry) terminal.out(entryText(terminal, subject, entry, { ...shown, reveal }));
      else terminal.out(`The ledger has no entry for ${subjectText(subject, { reveal })}.`);
    });
  return addExamples(
    command,
    'optout-sync optouts show +14155550101',
    'optout-sync optouts show whatsapp:+14155550101 --json',
  );
}
