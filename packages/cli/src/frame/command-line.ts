import type { Terminal } from './terminal';

/** Characters that mean nothing to a shell. */
const PLAIN = /^[\w@%+=:,./-]+$/;

/** An argument as a POSIX shell reads it. */
const quoted = (arg: string): string => (PLAIN.test(arg) ? arg : `'${arg.replaceAll("'", `'\\''`)}'`);

/**
 * The command line that was given, to paste into a shell.
 *
 * @param changes options to set, in place of those that are given
 */
export function commandLine(
  { args = [] }: Pick<Terminal, 'args'>,
  changes: Readonly<Record<string, string>> = {},
): string {
  const isChanged = (arg = ''): boolean => Object.hasOwn(changes, arg);
  const kept = args.filter((arg, n) => !isChanged(arg.split('=', 1)[0]) && !isChanged(args[n - 1]));
  return ['optout-sync', ...kept, ...Object.entries(changes).flat()].map(quoted).join(' ');
}
