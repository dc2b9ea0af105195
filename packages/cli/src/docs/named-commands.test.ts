import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { createProgram } from '../program';

const ROOT = join(__dirname, '../../../..');
/** `docs/cli.md` is made from the commands. */
const PAGES = [
  'README.md',
  ...readdirSync(join(ROOT, 'docs'))
    .filter((file) => file.endsWith('.md') && file !== 'cli.md')
    .map((file) => `docs/${file}`),
];

interface Named {
  readonly page: string;
  readonly text: string;
}

/** Every command that a page names, in its text as well as in a block, without its comment and what follows in the shell. */
const NAMED = PAGES.flatMap((page): Named[] => {
  const text = readFileSync(join(ROOT, page), 'utf8');
  const found = [...text.matchAll(/npx optout-sync ([^`\n]+)/g)].map(([, command = '']) => command);
  return [...new Set(found.map((command) => command.replace(/\s+(#|>|\||&&).*$/, '').trim()))].map(
    (command) => ({ page, text: command }),
  );
});

const program = createProgram({ env: {}, out: () => undefined, error: () => undefined });

/** Follows the words of a command down the tree, and returns the word that no command there has. Former places of commands do not count. */
function resolve(text: string): { readonly command: Command; readonly unknown: string | undefined } {
  let command: Command = program;
  for (const word of text.split(' ')) {
    const subcommands = command.createHelp().visibleCommands(command);
    const next = subcommands.find((each) => each.name() === word);
    if (next) command = next;
    else return { command, unknown: subcommands.length > 0 && /^[a-z-]+$/.test(word) ? word : undefined };
  }
  return { command, unknown: undefined };
}

test('the pages name many commands', () => {
  expect(NAMED.length).toBeGreaterThan(100);
});

test.each(NAMED)('$page: `optout-sync $text` is a command that exists, with its options', ({ text }) => {
  const { command, unknown } = resolve(text);
  expect(unknown).toBeUndefined();
  const options = [...text.matchAll(/(?<=^|[ [])(--[a-z][a-z-]*)/g)].map(([, option]) => option);
  const known = command.createHelp().visibleOptions(command);
  expect(known.map(({ long }) => long)).toEqual(expect.arrayContaining(options));
});
