import { Command } from 'commander';
import { eventCommand } from './event-command';
import { messageCommand } from './message-command';
import { statusCommand } from './status-command';
import { studioCommand } from './studio-command';
import type { Terminal } from './terminal';

/** `simulate`: Twilio on the command line. Each command sends one webhook with a valid signature and prints the answer. */
export function simulateCommand(terminal: Terminal): Command {
  return new Command('simulate')
    .summary('Send what Twilio would send, signed, to an ingest on this machine.')
    .description(
      'Send what Twilio would send, signed, to an ingest on this machine: by default the one of `npm start`. ' +
        'INGEST_PORT, PUBLIC_URL, TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN, or options, select another one.',
    )
    .addCommand(messageCommand(terminal))
    .addCommand(statusCommand(terminal))
    .addCommand(eventCommand(terminal))
    .addCommand(studioCommand(terminal));
}
