import type { Command } from 'commander';

/** A command and the words that lead to it, such as ` dlq list`. */
interface Node {
  readonly path: string;
  readonly command: Command;
}

/**
 * A bash script that completes the commands, options, the values of options that have choices, and files where a file is meant. The
 * path of a command is its words, each after a space; that of the program is empty.
 */
export function bashCompletion(program: Command): string {
  const nodes = visible(program, '');
  const paths = nodes.slice(1).map(({ path }) => `"${path}"`);
  return `# bash completion of ${program.name()}, made by: ${program.name()} completion bash
_optout_sync() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" prev="\${COMP_WORDS[COMP_CWORD - 1]}" path="" words="" files="" i
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "$path \${COMP_WORDS[i]}" in
      ${paths.join(' | ')}) path="$path \${COMP_WORDS[i]}" ;;
    esac
  done
  case "$path $prev" in
${nodes.flatMap(valuesOf).join('\n')}
    *)
      case "$path" in
${nodes.map(({ path, command }) => `        "${path}") words="${wordsOf(command).join(' ')}" ${takesFile(command) ? 'files=yes ' : ''};;`).join('\n')}
      esac ;;
  esac
  if [[ -n "$files" && "$cur" != -* ]]; then
    compopt -o filenames 2>/dev/null
    while IFS= read -r i; do COMPREPLY+=("$i"); done < <(compgen -f -- "$cur")
  else
    COMPREPLY=($(compgen -W "$words" -- "$cur"))
  fi
}
complete -F _optout_sync ${program.name()}`;
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

/** What each option that takes a value is completed with: its choices, files, or nothing for a value of one's own. */
function valuesOf({ path, command }: Node): string[] {
  return command.options.flatMap((option) => {
    const { long, argChoices, required, optional } = option;
    if (!long || !(required || optional)) return [];
    if (argChoices) return [`    "${path} ${long}") words="${argChoices.join(' ')}" ;;`];
    return [`    "${path} ${long}") ${isFile(option.flags) ? 'files=yes ' : ''};;`];
  });
}

const isFile = (flags: string): boolean => /<(file|path)>/.test(flags);

const takesFile = (command: Command): boolean =>
  command.registeredArguments.some((argument) => argument.name() === 'file');

function wordsOf(command: Command): string[] {
  const options = command.createHelp().visibleOptions(command);
  return [
    ...subcommands(command).map((child) => child.name()),
    ...command.registeredArguments.flatMap(({ argChoices = [] }) => argChoices),
    ...options.flatMap(({ long }) => (long ? [long] : [])),
  ];
}
