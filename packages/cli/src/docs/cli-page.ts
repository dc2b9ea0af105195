import type { Command } from 'commander';
import { createProgram, withSubcommands } from '../program';

/** The head of docs/cli.md: what all commands have in common. */
const CONVENTIONS = `# The optout-sync command

<!-- Made by \`npm run docs:cli\`: change the commands, or packages/cli/src/docs/cli-page.ts. -->

\`optout-sync\` does whatever an operator does. It runs as

- \`npx optout-sync\` in a checkout. It installs and builds what is missing first, and says so on standard error only;
- \`docker compose exec worker optout-sync\` in a container;
- \`optout-sync\` anywhere on your machine, after \`npm link\` in a checkout.

It works on the Redis that \`REDIS_URL\` and the other \`REDIS_\` variables name. In a checkout it reads \`.env\` too, and without these
variables it works on the system that \`npm start\` runs.

## What all commands have in common

- **Nothing is changed without \`--yes\`.** Without it, a command shows what it would do. With it, \`--by <name>\` and \`--why <text>\` say
  who does it and why; the [audit trail](dead-letters.md#who-did-what) stores both. Two commands have no such preview: \`init\` writes
  its file, after it has asked for each value, and \`simulate\` sends to the demo, which \`simulate mend\` and the end of an outage put right.
  A look leaves two traces: \`--reveal\` and \`proof\` are in the audit trail, and \`doctor\` remembers which number is in which service.
- **Phones are masked**, in text and in JSON, and of dead letters what is raw is left out. \`--reveal\` shows it, and the audit trail records that.
- **\`--since\` and \`--until\`** take a date or time in ISO 8601 (a date begins in UTC, a time needs its zone), or an age: \`90s\`, \`30m\`, \`2h\`,
  \`7d\`, \`12w\`. Both are inclusive.
- **Lists are pages** of \`--limit\` entries. The last line of a page, and \`next\` in JSON, hold the \`--cursor\` of the next one.
- **\`--json\`** prints one JSON object, or one a line where a help text says so. Times are ISO 8601. Keys are stable: new ones may be
  added, none is renamed or removed within a major release.
- **Tables fit the terminal.** A table that is too wide becomes a list. In a pipe or a file a row is one line, without borders or colours.
  \`NO_COLOR\` switches colours off on a terminal too.
- **Long jobs** show their progress, rate and the time left on standard error. Ctrl-C stops them cleanly, with exit
  code 3, and prints the command that goes on; going on doubles nothing. A second Ctrl-C ends them at once. What only takes a moment ends with 130.
- **\`--help\`** of any command ends with examples. \`source <(optout-sync completion bash)\` completes commands, options and files
  in bash.

| exit code | meaning                                                                                      |
| --------- | -------------------------------------------------------------------------------------------- |
| 0         | done                                                                                         |
| 1         | failed; \`error (<code>): ...\` says why                                                       |
| 2         | the command line is wrong: nothing was done                                                  |
| 3         | done in part: something is left, differs, or was stopped in the middle. The output says what |
| 78        | the configuration is wrong; all mistakes are named                                           |
| 130       | ended by Ctrl-C                                                                              |

The npm scripts \`dlq\`, \`review\`, \`audit-trail\`, \`backfill\`, \`optouts\`, \`simulate\` and \`config:check\` run the same commands, and
\`--from\`, \`--to\`, \`--full\` and \`--offset\` are accepted as before, for one release.

## Commands
`;

/** docs/cli.md: the conventions and the help of every command. */
export function cliPage(): string {
  const program = createProgram({ env: {}, out: () => undefined, error: () => undefined });
  const sections = withSubcommands(program).filter(isShown).map(section);
  return [CONVENTIONS, ...sections].join('\n');
}

function section(command: Command): string {
  return `### ${pathOf(command)}\n\n\`\`\`text\n${helpOf(command).trimEnd()}\n\`\`\`\n`;
}

/** The help as `--help` prints it, with its examples. */
function helpOf(command: Command): string {
  let text = '';
  command.configureOutput({ writeOut: (part) => (text += part) });
  command.outputHelp();
  return text;
}

function pathOf(command: Command): string {
  return command.parent ? `${pathOf(command.parent)} ${command.name()}` : command.name();
}

/** Former places of commands are hidden. */
function isShown(command: Command): boolean {
  const { parent } = command;
  if (!parent) return true;
  return parent.createHelp().visibleCommands(parent).includes(command) && isShown(parent);
}
