import type { Command } from 'commander';

/** A command and the words that lead to it, such as ` dlq list`. */
interface Node {
  readonly path: string;
  readonly command: Command;
}

/**
 * A bash script that completes the commands, options and the values of options that have choices. The path of a command is
 * its words, each after a space; that of the program is empty.
 */
export function bashCompletion(program: Command): string {
  const nodes = visible(program, '');
  const paths = nodes.slice(1).map(({ path }) => `"${path}"`);
  return `# bash completion of ${program.name()}, made by: ${program.name()} completion bash
_optout_sync() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" prev="\${COMP_WORDS[COMP_CWORD - 1]}" path="" words="" i
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "$path \${COMP_WORDS[i]}" in
      ${paths.join(' | ')}) path="$path \${COMP_WORDS[i]}" ;;
    esac
  done
  case "$path $prev" in
${nodes.flatMap(choicesOf).join('\n')}
  esac
  if [ -z "$words" ]; then
    case "$path" in
${nodes.map(({ path, command }) => `      "${path}") words="${wordsOf(command).join(' ')}" ;;`).join('\n')}
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
}
complete -o default -F _optout_sync ${program.name()}`;
}

function visible(command: Command, path: string): Node[] {
  const below = subcommands(command).flatMap((child) => visible(child, `${path} ${child.name()}`));
  return [{ path, command }, ...below];
}

/** Without the implicit `help`, and without hidden ones. */
function subcommands(command: Command): readonly Command[] {
  return command
    .createHelp()
    .visibleCommands(command)
    .filter((child) => child.name() !== 'help');
}

function choicesOf({ path, command }: Node): string[] {
  return command.options.flatMap(({ argChoices, long }) =>
    argChoices && long ? [`    "${path} ${long}") words="${argChoices.join(' ')}" ;;`] : [],
  );
}

function wordsOf(command: Command): string[] {
  const options = command.createHelp().visibleOptions(command);
  return [
    ...subcommands(command).map((child) => child.name()),
    ...command.registeredArguments.flatMap(({ argChoices = [] }) => argChoices),
    ...options.flatMap(({ long }) => (long ? [long] : [])),
  ];
}
