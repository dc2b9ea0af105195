import { Command } from 'commander';
import { ApiTokens, withStores } from '@optout-sync/operations';
import { withoutPhones } from '@optout-sync/shared/domain';
import { addExamples } from '../frame/examples';
import { printJson } from '../frame/json';
import { cursorOption, jsonOption, limitOption, nextPageText } from '../frame/options';
import { tableText } from '../frame/table';
import type { Terminal } from '../frame/terminal';

interface ListOptions {
  readonly limit: number;
  readonly cursor?: string;
  readonly json: boolean;
}

/** `token list` */
export function listCommand(terminal: Terminal): Command {
  const command = new Command('list')
    .description('List the tokens by name, with their scopes and when each was last used.')
    .addOption(limitOption(50))
    .addOption(cursorOption())
    .addOption(jsonOption())
    .action(async ({ limit, cursor = '', json }: ListOptions) => {
      const all = await withStores(terminal, ({ redis, prefix }) => new ApiTokens(redis, prefix).list());
      const rest = all.filter(({ name }) => name > cursor);
      const tokens = rest.slice(0, limit);
      const next = rest.length > limit ? tokens.at(-1)?.name : undefined;
      if (json) {
        printJson(terminal, {
          next: next ?? null,
          tokens: tokens.map(({ usedAt, ...token }) => ({ ...token, usedAt: usedAt ?? null })),
        });
        return;
      }
      terminal.out(
        tokens.length === 0
          ? 'No tokens.'
          : tableText(
              terminal,
              ['name', 'scopes', 'created', 'by', 'why', 'last used'],
              tokens.map(({ name, scopes, createdAt, by, why, usedAt }) => [
                name,
                scopes.join('\n'),
                new Date(createdAt).toISOString(),
                withoutPhones(by),
                withoutPhones(why),
                usedAt === undefined ? 'never' : new Date(usedAt).toISOString(),
              ]),
            ),
      );
      if (next !== undefined) terminal.out(nextPageText(next));
    });
  return addExamples(command, 'optout-sync token list', 'optout-sync token list --json');
}
