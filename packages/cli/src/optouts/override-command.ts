import { Command } from 'commander';
import { applyOverride, parseOverride, withStores } from '@optout-sync/operations';
import { readRoutes } from '@optout-sync/shared/config';
import type { Channel } from '@optout-sync/shared/domain';
import { addExamples } from '../frame/examples';
import { addChangeOptions, channelOption, jsonOption, type ChangeOptions } from '../frame/options';
import { printJson } from '../frame/json';
import type { Terminal } from '../frame/terminal';
import { enqueuedText, previewText } from './override-text';

interface OverrideOptions extends ChangeOptions {
  readonly sender: string;
  readonly channel?: Channel;
  readonly account?: string;
  readonly json: boolean;
}

/** `optouts add` */
export function addCommand(terminal: Terminal): Command {
  const command = overrideCommand(terminal, 'add', 'stopped').description('Opt a phone out by hand.');
  return addExamples(
    command,
    'optout-sync optouts add +14155550123 --sender +15005550006',
    "optout-sync optouts add +14155550123 --sender +15005550006 --yes --by Ann --why 'asked on the phone'",
  );
}

/** `optouts remove` */
export function removeCommand(terminal: Terminal): Command {
  const command = overrideCommand(terminal, 'remove', 'started').description('Lift an opt-out by hand.');
  return addExamples(
    command,
    'optout-sync optouts remove +14155550123 --sender +15005550006',
    "optout-sync optouts remove +14155550123 --sender +15005550006 --yes --by Ann --why 'a mistake of ours'",
  );
}

function overrideCommand(terminal: Terminal, name: string, state: 'stopped' | 'started'): Command {
  const command = new Command(name)
    .argument('<phone>', 'such as +14155550123')
    .requiredOption('--sender <sender>', 'your Messaging Service (MG...) or number that the consent is for')
    .addOption(channelOption())
    .option('--account <sid>', 'the Twilio account, needed when several are configured');
  return addChangeOptions(command)
    .addOption(jsonOption())
    .action(async (phone: string, { yes, by, why, json, ...options }: OverrideOptions) => {
      const request = parseOverride(readRoutes(terminal.env), { phone, state, ...options });
      const { subject, sender } = request;
      await withStores(terminal, async (stores) => {
        if (yes) {
          const messageSid = await applyOverride(stores, request, { by, why });
          if (json) printJson(terminal, { done: true, ...subject, sender, state, messageSid });
          else terminal.out(enqueuedText(request, messageSid));
          return;
        }
        const entry = await stores.ledger.readWhole(subject);
        const present = entry?.senders.get(sender)?.state ?? null;
        if (json) printJson(terminal, { done: false, ...subject, sender, state, present });
        else terminal.out(previewText(request, entry));
      });
    });
}
