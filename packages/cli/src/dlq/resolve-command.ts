import { Command } from 'commander';
import { resolveDeadLetter, withStores } from '@optout-sync/operations';
import { maskPhone } from '@optout-sync/shared/domain';
import { requireAuthorOptions, type Terminal } from '../command';

interface ResolveOptions {
  readonly phone: string;
  readonly by: string;
  readonly why: string;
}

/** `dlq resolve` */
export function resolveCommand(terminal: Terminal): Command {
  const command = new Command('resolve')
    .description(
      'Replay a keyword from a person without a phone number, such as a WhatsApp user with a username, for the phone that you know the person to have.',
    )
    .argument('<id>')
    .requiredOption('--phone <phone>', "the person's phone, such as +14155550123");
  return requireAuthorOptions(command).action(async (id: string, options: ResolveOptions) => {
    const event = await withStores(terminal, (stores) => resolveDeadLetter(stores, id, options));
    const { kind, channel, phone, messageSid } = event;
    terminal.out(`Enqueued ${messageSid}: ${kind} from ${maskPhone(phone)} (${channel}).`);
    terminal.out(`${id} is no longer a dead letter. \`optouts show\` prints what became of the message.`);
  });
}
