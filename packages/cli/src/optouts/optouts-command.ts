import { Command, Option } from 'commander';
import {
  overrideConsent,
  parsePerson,
  parseSender,
  overrideTarget,
  withStores,
  workspaceOf,
} from '@optout-sync/operations';
import { readRoutes } from '@optout-sync/shared/config';
import { Channel } from '@optout-sync/shared/domain';
import type { Terminal } from '../terminal';
import { entryJson, entryText, subjectText } from './entry-text';
import { listCommand } from './list-command';
import { enqueuedText, previewText, type Intent } from './override-text';

interface ShowOptions {
  readonly channel?: Channel;
  readonly workspace?: string;
  readonly json: boolean;
}

interface OverrideOptions {
  readonly sender: string;
  readonly by: string;
  readonly why: string;
  readonly channel?: Channel;
  readonly account?: string;
  readonly yes: boolean;
}

/** `optouts`: what the ledger knows of a phone, and opting it out or in by hand. */
export function optoutsCommand(terminal: Terminal): Command {
  const optouts = new Command('optouts').description(
    'Who is opted out, what is known of a phone, and overrides by hand.',
  );

  optouts
    .command('show')
    .description('Show what senders were told by a phone, what Customer.io holds of it, and the history.')
    .argument('<phone>', 'such as +14155550123')
    .addOption(channelOption())
    .option('--workspace <name>', 'where several are configured')
    .option('--json', 'print JSON', false)
    .action(async (phone: string, { channel, workspace, json }: ShowOptions) => {
      const subject = {
        workspace: workspaceOf(readRoutes(terminal.env), workspace),
        ...parsePerson(phone, channel),
      };
      const entry = await withStores(terminal, ({ ledger }) => ledger.read(subject));
      if (json) terminal.out(JSON.stringify(entryJson(subject, entry), null, 2));
      else terminal.out(entry ? entryText(subject, entry) : `Nothing is known of ${subjectText(subject)}.`);
    });

  optouts.addCommand(listCommand(terminal));
  optouts.addCommand(
    overrideCommand(terminal, 'add', 'stopped').description(
      'Opt a phone out by hand. Without --yes only shows what would change.',
    ),
  );
  optouts.addCommand(
    overrideCommand(terminal, 'remove', 'started').description(
      'Lift an opt-out by hand. Without --yes only shows what would change.',
    ),
  );
  return optouts;
}

function overrideCommand(terminal: Terminal, name: string, state: Intent['state']): Command {
  return new Command(name)
    .argument('<phone>', 'such as +14155550123')
    .requiredOption('--sender <sender>', 'the Messaging Service (MG...) or number of yours that it is about')
    .requiredOption('--by <name>', 'who does this')
    .requiredOption('--why <text>', 'why')
    .addOption(channelOption())
    .option('--account <sid>', 'the Twilio account, where several are configured')
    .option('--yes', 'do it', false)
    .action(async (phone: string, { sender, by, why, channel, account, yes }: OverrideOptions) => {
      const { accountSid, workspace } = overrideTarget(readRoutes(terminal.env), account);
      const person = parsePerson(phone, channel);
      const intent: Intent = {
        subject: { workspace, ...person },
        sender: parseSender(sender, person.channel),
        state,
        by,
        why,
      };
      await withStores(terminal, async ({ queues, ledger, audit }) => {
        if (!yes) {
          terminal.out(previewText(intent, await ledger.read(intent.subject)));
          return;
        }
        const override = { ...person, accountSid, sender: intent.sender, state, by, why, now: Date.now() };
        const { messageSid } = await overrideConsent({ queues, audit }, override);
        terminal.out(enqueuedText(intent, messageSid));
      });
    });
}

function channelOption(): Option {
  return new Option('--channel <channel>', 'default: what the phone says (whatsapp:+...), else sms').choices(
    Channel.options,
  );
}
