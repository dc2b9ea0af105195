import { Command } from 'commander';
import { previewResolved, resolveDeadLetter, withStores } from '@optout-sync/operations';
import { maskPhone, type InboundEvent } from '@optout-sync/shared/domain';
import type { Terminal } from '../command';

interface ResolveOptions {
  readonly phone: string;
  readonly yes: boolean;
  readonly by?: string;
  readonly why?: string;
}

/** `dlq resolve` */
export function resolveCommand(terminal: Terminal): Command {
  return new Command('resolve')
    .description(
      'Replay a keyword from a person without a phone number, such as a WhatsApp user with a username, for the phone that you know the person to have. Without --yes only shows it.',
    )
    .argument('<id>')
    .requiredOption('--phone <phone>', "the person's phone, such as +14155550123")
    .option('--yes', 'do it', false)
    .option('--by <name>', 'who does this (needed with --yes)')
    .option('--why <text>', 'why, for the audit trail (needed with --yes)')
    .action(async (id: string, options: ResolveOptions) => {
      await withStores(terminal, async (stores) => {
        if (!options.yes) {
          terminal.out(`Would enqueue ${textOf(await previewResolved(stores, id, options))}.`);
          terminal.out('Nothing has been changed. Repeat the command with --yes, --by and --why to do it.');
          return;
        }
        terminal.out(`Enqueued ${textOf(await resolveDeadLetter(stores, id, options))}.`);
        terminal.out(`${id} is no longer a dead letter. \`optouts show\` prints what became of the message.`);
      });
    });
}

function textOf({ kind, channel, phone, messageSid }: InboundEvent): string {
  return `${messageSid}: ${kind} from ${maskPhone(phone)} (${channel})`;
}
