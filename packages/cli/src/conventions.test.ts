import type { Command } from 'commander';
import { examplesOf } from './frame/examples';
import { createProgram, withSubcommands } from './program';

const program = createProgram({ env: {}, out: () => undefined, error: () => undefined });
const pathOf = (command: Command): string =>
  command.parent ? `${pathOf(command.parent)} ${command.name()}` : command.name();
const longsOf = ({ options }: Command): (string | undefined)[] => options.map(({ long }) => long);

/** Former places of commands are hidden. */
const isShown = (command: Command): boolean =>
  !command.parent ||
  (command.parent.createHelp().visibleCommands(command.parent).includes(command) && isShown(command.parent));
const ALL = withSubcommands(program).filter(isShown);
const LEAVES = ALL.filter(({ commands }) => commands.length === 0);

/** Prints a script. */
const WITHOUT_JSON = new Set(['optout-sync completion']);
/** Simulations go to a system of one's own and have no preview: that is what they are for. */
const isSimulation = (path: string): boolean => path.startsWith('optout-sync simulate ');

describe('the conventions of all commands', () => {
  test.each(ALL.map((command) => [pathOf(command), command] as const))(
    '%s says what it does and has examples that it understands',
    (path, command) => {
      expect(command.description()).toMatch(/\S.*\.$/s);
      expect(examplesOf(command).length).toBeGreaterThan(0);
      for (const example of examplesOf(command)) {
        const line = example.replace(/^source <\(|\)$/g, '');
        const words = line.match(/'[^']*'|\S+/g) ?? [];
        expect(words[0]).toBe('optout-sync');
        const [target, rest] = commandOf(words.slice(1));
        expect(`${pathOf(target)} `).toContain(`${path} `);
        const known = [...longsOf(target), '--help'];
        for (const word of rest) if (word.startsWith('--')) expect(known).toContain(word);
      }
    },
  );

  test.each(LEAVES.map((command) => [pathOf(command), command] as const))(
    '%s has arguments and options that are described, and --json',
    (path, command) => {
      for (const { description, hidden } of command.options) if (!hidden) expect(description).not.toBe('');
      const options = longsOf(command);
      if (!WITHOUT_JSON.has(path) && !isSimulation(path)) expect(options).toContain('--json');
      if (options.includes('--yes') && !isSimulation(path)) {
        expect(options).toEqual(expect.arrayContaining(['--by', '--why']));
      }
      if (['list', 'audit'].includes(command.name())) {
        expect(options).toEqual(expect.arrayContaining(['--json', '--limit', '--cursor']));
      }
      if (options.includes('--until')) expect(options).toContain('--since');
    },
  );
});

/** The command that words lead to, and the words after it. */
function commandOf(words: readonly string[]): [Command, readonly string[]] {
  let command = program;
  let n = 0;
  for (; n < words.length; n += 1) {
    const next = command.commands.find((child) => child.name() === words[n]);
    if (!next) break;
    command = next;
  }
  return [command, words.slice(n)];
}
