import { Command } from 'commander';
import type { Terminal } from '../frame/terminal';
import { pushCommand } from './push-command';

/** `consent`: opt-outs that people gave otherwise than by a text message. */
export function consentCommand(terminal: Terminal): Command {
  return new Command('consent')
    .description('Opt-outs that people gave by phone, by e-mail or at Customer.io: bring them to Twilio.')
    .addCommand(pushCommand(terminal));
}
