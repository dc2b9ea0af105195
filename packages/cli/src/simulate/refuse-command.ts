import { Command } from 'commander';
import { Sandbox, parsePerson } from '@optout-sync/operations';
import { addExamples } from '../frame/examples';
import type { Terminal } from '../frame/terminal';

/** `simulate refuse`: a person whom Customer.io does not accept, in the demo. */
export function refuseCommand(terminal: Terminal): Command {
  const command = new Command('refuse')
    .description(
      'Have Customer.io of the demo reject every write to the people with a phone, until `simulate mend`: their next ' +
        'opt-out becomes a dead letter.',
    )
    .argument('<phone>', 'such as +14155550101')
    .action(async (text: string) => {
      const { phone } = parsePerson(text, undefined);
      const sandbox = await Sandbox.connect(terminal.env);
      const people = await sandbox.refuse(phone);
      terminal.out(
        `Customer.io rejects writes to ${people.join(', ')}. \`optout-sync simulate mend\` ends it.`,
      );
    });
  return addExamples(command, 'optout-sync simulate refuse +14155550101');
}

/** `simulate mend`: ends what `refuse` and `outage customerio` began. */
export function mendCommand(terminal: Terminal): Command {
  const command = new Command('mend')
    .description('Have Customer.io of the demo accept everything again.')
    .action(async () => {
      const sandbox = await Sandbox.connect(terminal.env);
      await sandbox.mend();
      terminal.out('Customer.io accepts everything again.');
    });
  return addExamples(command, 'optout-sync simulate mend');
}
