import { Command } from 'commander';
import { addExamples } from '../frame/examples';
import type { Terminal } from '../frame/terminal';
import { pushCommand } from './push-command';

/** `consent`: opt-outs that people gave otherwise than by a text message. */
export function consentCommand(terminal: Terminal): Command {
  const command = new Command('consent')
    .description('Opt-outs that people gave by phone, by e-mail or at Customer.io: bring them to Twilio.')
    .addCommand(pushCommand(terminal));
  return addExamples(
    command,
    'optout-sync consent push +14155550101 --sender MG0123456789abcdef0123456789abcdef',
  );
}
