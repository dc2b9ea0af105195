import { Command } from 'commander';
import {
  completeReview,
  getReviewEntry,
  stopFromReview,
  withStores,
  type Stores,
} from '@optout-sync/operations';
import { readRoutes } from '@optout-sync/shared/config';
import { maskPhone } from '@optout-sync/shared/domain';
import { addExamples } from '../frame/examples';
import { printJson } from '../frame/json';
import { NOTHING_DONE, addChangeOptions, jsonOption, type ChangeOptions } from '../frame/options';
import type { Terminal } from '../frame/terminal';
import { listCommand } from './list-command';

interface DecisionOptions extends ChangeOptions {
  readonly json: boolean;
}

/** `review`: messages that are worded like an opt-out and changed no consent, until a person decides on them. */
export function reviewCommand(terminal: Terminal): Command {
  const command = new Command('review')
    .description('Messages worded like an opt-out, for you to decide on.')
    .addCommand(listCommand(terminal))
    .addCommand(doneCommand(terminal))
    .addCommand(stopCommand(terminal));
  return addExamples(command, 'optout-sync review list', 'optout-sync review stop SM0123');
}

function doneCommand(terminal: Terminal): Command {
  const command = new Command('done')
    .description('Take a message that is not an opt-out off the list.')
    .argument('<messageSid>', 'a message on the list');
  addChangeOptions(command)
    .addOption(jsonOption())
    .action(async (messageSid: string, { yes, by, why, json }: DecisionOptions) => {
      await withStores(terminal, async (stores) => {
        if (yes) {
          await completeReview(stores, messageSid, { by, why });
          if (json) printJson(terminal, { done: true, messageSid });
          else terminal.out(`${messageSid} is off the list. Nobody was opted out.`);
        } else {
          const what = 'would leave the list. Nobody would be opted out';
          await preview(terminal, stores, messageSid, { what, json });
        }
      });
    });
  return addExamples(
    command,
    'optout-sync review done SM0123',
    "optout-sync review done SM0123 --yes --by Ann --why 'asks about an order'",
  );
}

function stopCommand(terminal: Terminal): Command {
  const command = new Command('stop')
    .description('Opt the phone of a message out by hand and take the message off the list.')
    .argument('<messageSid>', 'a message on the list');
  addChangeOptions(command)
    .addOption(jsonOption())
    .action(async (messageSid: string, { yes, by, why, json }: DecisionOptions) => {
      const routes = readRoutes(terminal.env);
      await withStores(terminal, async (stores) => {
        if (yes) {
          const overrideSid = await stopFromReview(stores, routes, messageSid, { by, why });
          if (json) printJson(terminal, { done: true, messageSid, overrideSid });
          else terminal.out(`Enqueued ${overrideSid}: opted out by hand. ${messageSid} is off the list.`);
        } else {
          const what = 'would be opted out, and leave the list';
          await preview(terminal, stores, messageSid, { what, json });
        }
      });
    });
  return addExamples(
    command,
    'optout-sync review stop SM0123',
    "optout-sync review stop SM0123 --yes --by Ann --why 'asks to stop'",
  );
}

async function preview(
  terminal: Terminal,
  stores: Stores,
  sid: string,
  { what, json }: { readonly what: string; readonly json: boolean },
): Promise<void> {
  const { phone, channel, sender, phrase = '' } = await getReviewEntry(stores, sid);
  if (json) {
    printJson(terminal, { done: false, messageSid: sid, phone, channel, sender, phrase });
    return;
  }
  terminal.out(`${sid}: ${maskPhone(phone)} (${channel}) to ${sender}, rule ${phrase}: ${what}.`);
  terminal.out(NOTHING_DONE);
}
