import { Command } from 'commander';
import { addExamples } from '../frame/examples';
import type { Terminal } from '../frame/terminal';
import { addCommand } from './add-command';
import { listCommand } from './list-command';
import { revokeCommand } from './revoke-command';

/** `token`: creates, lists and revokes the tokens of the API. */
export function tokenCommand(terminal: Terminal): Command {
  const command = new Command('token')
    .description('Tokens of the HTTP API of the console.')
    .addCommand(addCommand(terminal))
    .addCommand(listCommand(terminal))
    .addCommand(revokeCommand(terminal));
  return addExamples(
    command,
    'optout-sync token list',
    "optout-sync token add --name crm --scopes optouts:read --yes --by Ann --why 'the CRM asks before it sends'",
  );
}
