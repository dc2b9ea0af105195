import { Command } from 'commander';
import { previewResolved, resolveDeadLetter, withStores } from '@optout-sync/operations';
import { maskPhone, type InboundEvent } from '@optout-sync/shared/domain';
import { addExamples } from '../frame/examples';
import { NOTHING_DONE, addChangeOptions, type ChangeOptions } from '../frame/options';
import type { Terminal } from '../frame/terminal';

interface ResolveOptions extends ChangeOptions {
  readonly phone: string;
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
  addChangeOptions(command).action(async (id: string, options: ResolveOptions) => {
    await withStores(terminal, async (stores) => {
      if (!options.yes) {
        terminal.out(`Would enqueue ${textOf(await previewResolved(stores, id, options))}.`);
        terminal.out(NOTHING_DONE);
        return;
      }
      terminal.out(`Enqueued ${textOf(await resolveDeadLetter(stores, id, options))}.`);
      terminal.out(`${id} is no longer a dead letter. \`optouts show\` prints what became of the message.`);
    });
  });
  return addExamples(
    command,
    'optout-sync dlq resolve dl-4f1c --phone +14155550123',
    "optout-sync dlq resolve dl-4f1c --phone +14155550123 --yes --by Ann --why 'ticket 4711'",
  );
}

function textOf({ kind, channel, phone, messageSid }: InboundEvent): string {
  return `${messageSid}: ${kind} from ${maskPhone(phone)} (${channel})`;
}
