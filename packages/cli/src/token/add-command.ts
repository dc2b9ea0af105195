import { Command } from 'commander';
import {
  API_SCOPES,
  ApiTokens,
  addApiToken,
  parseTokenRequest,
  tokenExists,
  withStores,
} from '@optout-sync/operations';
import { addExamples } from '../frame/examples';
import { printJson } from '../frame/json';
import { NOTHING_DONE, addChangeOptions, jsonOption, type ChangeOptions } from '../frame/options';
import type { Terminal } from '../frame/terminal';

interface AddOptions extends ChangeOptions {
  readonly name: string;
  readonly scopes: string;
  readonly json: boolean;
}

const SCOPES = Object.entries(API_SCOPES)
  .map(([scope, meaning]) => `${scope} (${meaning})`)
  .join('; ');

/** `token add` */
export function addCommand(terminal: Terminal): Command {
  const command = new Command('add')
    .description('Create a token. It is printed once and stored nowhere: only its hash is.')
    .requiredOption('--name <name>', 'whose it is, such as crm; the audit trail names it as author')
    .requiredOption('--scopes <scopes>', `what it may do, separated by commas: ${SCOPES}`);
  addChangeOptions(command)
    .addOption(jsonOption())
    .action(async ({ name, scopes, yes, by, why, json }: AddOptions) => {
      const request = parseTokenRequest(
        name,
        scopes.split(',').map((scope) => scope.trim()),
      );
      const token = await withStores(terminal, async (stores) => {
        if (yes) return addApiToken(stores, request, { by, why });
        if (await new ApiTokens(stores.redis, stores.prefix).has(name)) throw tokenExists(name);
        return undefined;
      });
      if (json) {
        printJson(terminal, { done: yes, ...request, token: token ?? null });
        return;
      }
      const may = `${name} may:\n${request.scopes.map((scope) => `  ${scope}: ${API_SCOPES[scope]}`).join('\n')}`;
      if (token === undefined) terminal.out(`${may}\n${NOTHING_DONE}`);
      else {
        terminal.error(`${may}\nKeep the token now: nobody can show it again.`);
        terminal.out(token);
      }
    });
  return addExamples(
    command,
    'optout-sync token add --name crm --scopes optouts:read',
    "optout-sync token add --name crm --scopes optouts:read,optouts:write --yes --by Ann --why 'the CRM'",
  );
}
