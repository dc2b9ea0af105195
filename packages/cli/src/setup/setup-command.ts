import { Command } from 'commander';
import { addExamples } from '../frame/examples';
import type { Terminal } from '../frame/terminal';
import { setupCustomerIoCommand } from './setup-customerio-command';
import { setupTwilioCommand } from './setup-twilio-command';

/** `setup`: what has to be set at Twilio and at Customer.io. */
export function setupCommand(terminal: Terminal): Command {
  const command = new Command('setup')
    .description('Set up Twilio, or show what to create at Customer.io.')
    .addCommand(setupTwilioCommand(terminal))
    .addCommand(setupCustomerIoCommand(terminal));
  return addExamples(command, 'optout-sync setup twilio', 'optout-sync setup customerio');
}
