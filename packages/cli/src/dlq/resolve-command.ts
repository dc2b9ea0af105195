import { Command } from 'commander';
import { previewResolved, resolveDeadLetter, withStores } from '@optout-sync/operations';
import { maskPhone, type InboundEvent } from '@optout-sync/shared/domain';
import { addExamples } from '../frame/examples';
import { printJson } from '../frame/json';
import { NOTHING_DONE, addChangeOptions, jsonOption, type ChangeOptions } from '../frame/options';
import type { Terminal } from '../frame/terminal';

interface ResolveOptions extends ChangeOptions {
  readonly phone: string;
  readonly json: boolean;
}

/** `dlq resolve` */
export function resolveCommand(terminal: Terminal): Command {
  const command = new Command('resolve')
    .description(
      'Replay a keyword from a person without a phone number, such as a WhatsApp user with a username, for the phone ' +
        'that you know the person to have.',
    )
    .argument('<id>', 'the id of a dead letter')
    .requiredOption('--phone <phone>', "the person's phone, such as +14155550123");
  addChangeOptions(command)
    .addOption(jsonOption())
    .action(async (id: string, { json, ...options }: ResolveOptions) => {
      await withStores(terminal, async (stores) => {
        const { yes } = options;
        const event = await (yes ? resolveDeadLetter : previewResolved)(stores, id, options);
        if (json) printJson(terminal, { done: yes, id, event });
        else terminal.out(yes ? doneText(id, event) : `Would enqueue ${textOf(event)}.\n${NOTHING_DONE}`);
      });
    });
  return addExamples(
    command,
    'optout-sync dlq resolve dl-4f1c --phone +14155550123',
    "optout-sync dlq resolve dl-4f1c --phone +14155550123 --yes --by Ann --why 'ticket 4711'",
  );
}

function doneText(id: string, event: InboundEvent): string {
  return `Enqueued ${textOf(event)}.
${id} is no longer a dead letter. \`optouts show\` prints what became of the message.`;
}

function textOf({ kind, channel, phone, messageSid }: InboundEvent): string {
  return `${messageSid}: ${kind} from ${maskPhone(phone)} (${channel})`;
}
