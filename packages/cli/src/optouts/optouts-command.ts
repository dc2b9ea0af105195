import { Command } from 'commander';
import {
  applyOverride,
  findSubject,
  parseOverride,
  queuedDestinations,
  withStores,
} from '@optout-sync/operations';
import { readRoutes } from '@optout-sync/shared/config';
import type { Channel } from '@optout-sync/shared/domain';
import { channelOption, printJson, requireAuthorOptions, type Terminal } from '../command';
import { entryJson, entryText } from './entry-text';
import { listCommand } from './list-command';
import { enqueuedText, previewText } from './override-text';
import { verifyCommand } from '../verify/verify-command';
import { subjectText } from '../subject-text';

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

/** `optouts`: shows, lists and verifies ledger entries, and overrides them by hand. */
export function optoutsCommand(terminal: Terminal): Command {
  return new Command('optouts')
    .description(
      'Who is opted out, the history of a phone, whether Customer.io agrees, and overrides by hand.',
    )
    .addCommand(showCommand(terminal))
    .addCommand(listCommand(terminal))
    .addCommand(verifyCommand(terminal))
    .addCommand(
      overrideCommand(terminal, 'add', 'stopped').description(
        'Opt a phone out by hand. Without --yes only shows what would change.',
      ),
    )
    .addCommand(
      overrideCommand(terminal, 'remove', 'started').description(
        'Lift an opt-out by hand. Without --yes only shows what would change.',
      ),
    );
}

function showCommand(terminal: Terminal): Command {
  return new Command('show')
    .description(
      'Show the consent of a phone with each sender, the version that Customer.io holds, and the history.',
    )
    .argument('<phone>', 'such as +14155550123')
    .addOption(channelOption())
    .option('--workspace <name>', 'the workspace, needed when several are configured')
    .option('--json', 'print JSON', false)
    .action(async (phone: string, { channel, workspace, json }: ShowOptions) => {
      const subject = findSubject(readRoutes(terminal.env), { phone, channel, workspace });
      const { entry, origins, queued } = await withStores(terminal, async (stores) => ({
        entry: await stores.ledger.readWhole(subject),
        origins: await stores.ledger.origins(),
        queued: await queuedDestinations(stores, subject),
      }));
      if (json) printJson(terminal, entryJson(subject, entry, origins));
      else if (entry) terminal.out(entryText(subject, entry, { queued, origins }));
      else terminal.out(`The ledger has no entry for ${subjectText(subject)}.`);
    });
}

function overrideCommand(terminal: Terminal, name: string, state: 'stopped' | 'started'): Command {
  const command = new Command(name)
    .argument('<phone>', 'such as +14155550123')
    .requiredOption('--sender <sender>', 'your Messaging Service (MG...) or number that the consent is for');
  return requireAuthorOptions(command)
    .addOption(channelOption())
    .option('--account <sid>', 'the Twilio account, needed when several are configured')
    .option('--yes', 'do it', false)
    .action(async (phone: string, { yes, ...options }: OverrideOptions) => {
      const request = parseOverride(readRoutes(terminal.env), { phone, state, ...options });
      await withStores(terminal, async (stores) => {
        if (yes) terminal.out(enqueuedText(request, await applyOverride(stores, request)));
        else terminal.out(previewText(request, await stores.ledger.readWhole(request.subject)));
      });
    });
}
