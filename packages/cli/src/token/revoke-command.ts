import { Command } from 'commander';
import { ApiTokens, revokeApiToken, tokenNotFound, withStores } from '@optout-sync/operations';
import { addExamples } from '../frame/examples';
import { printJson } from '../frame/json';
import { NOTHING_DONE, addChangeOptions, jsonOption, type ChangeOptions } from '../frame/options';
import type { Terminal } from '../frame/terminal';

/** `token revoke` */
export function revokeCommand(terminal: Terminal): Command {
  const command = new Command('revoke')
    .description('Revoke a token: the next request with it is refused.')
    .argument('<name>', 'the name of the token');
  addChangeOptions(command)
    .addOption(jsonOption())
    .action(async (name: string, { yes, by, why, json }: ChangeOptions & { json: boolean }) => {
      await withStores(terminal, async (stores) => {
        if (yes) await revokeApiToken(stores, name, { by, why });
        else if (!(await new ApiTokens(stores.redis, stores.prefix).has(name))) throw tokenNotFound(name);
      });
      if (json) printJson(terminal, { done: yes, name });
      else terminal.out(yes ? `The token ${name} is revoked.` : `Would revoke ${name}.\n${NOTHING_DONE}`);
    });
  return addExamples(
    command,
    'optout-sync token revoke crm',
    "optout-sync token revoke crm --yes --by Ann --why 'it leaked'",
  );
}
