import type { Command } from 'commander';
import { simulateCommand as createCommand } from '@optout-sync/twilio-simulator/commands';
import { addExamples } from '../frame/examples';
import type { Terminal } from '../frame/terminal';
import { outageCommand } from './outage-command';
import { mendCommand, refuseCommand } from './refuse-command';

const EXAMPLES: Readonly<Record<string, readonly string[]>> = {
  message: [
    'optout-sync simulate message --from +14155550101 --body Stop',
    'optout-sync simulate message --from whatsapp:+14155550101 --repeat 5',
    'optout-sync simulate message --forge',
    'optout-sync simulate message --from +14155550123 --connect https://optout.example.com --yes',
  ],
  status: ['optout-sync simulate status --to +14155550101', 'optout-sync simulate status --error-code none'],
  event: [
    'optout-sync simulate event inbound --count 1000',
    'optout-sync simulate event failed --to +14155550101',
  ],
  studio: ['optout-sync simulate studio --kind stop', 'optout-sync simulate studio --token secret --as json'],
};

/** `simulate`: what Twilio would send. */
export function simulateCommand(terminal: Terminal): Command {
  const command = createCommand(terminal);
  for (const child of command.commands) addExamples(child, ...(EXAMPLES[child.name()] ?? []));
  command
    .addCommand(outageCommand(terminal))
    .addCommand(refuseCommand(terminal))
    .addCommand(mendCommand(terminal));
  return addExamples(
    command,
    'optout-sync simulate message --from +14155550101 --body Stop',
    'optout-sync simulate outage customerio --for 30s',
  );
}
