import { Option, type Command } from 'commander';
import { OperationError, parsePerson } from '@optout-sync/operations';
import { Stage, type DeadLetterFilter } from '@optout-sync/shared/dead-letters';
import { EventSource } from '@optout-sync/shared/domain';
import { time, wholeNumber } from '../options';

/** What the options of a command say of the letters it is about. */
export interface FilterOptions {
  readonly code?: string;
  readonly stage?: Stage;
  readonly source?: EventSource;
  readonly workspace?: string;
  readonly phone?: string;
  readonly sid?: string;
  readonly from?: number;
  readonly to?: number;
  readonly minAttempts?: number;
}

export function addFilterOptions(command: Command): Command {
  return command
    .option('--code <code>', 'failed with this code at last')
    .addOption(new Option('--stage <stage>', 'failed there').choices(Stage.options))
    .addOption(new Option('--source <source>', 'events that came this way').choices(EventSource.options))
    .option('--workspace <name>', 'of this workspace')
    .option('--phone <phone>', 'of this phone, such as +14155550123')
    .option('--sid <MessageSid>', 'about this message')
    .option('--from <time>', 'last failed then or later: ISO 8601, or 30m, 2h, 1d ago', time)
    .option('--to <time>', 'last failed then or earlier', time)
    .option('--min-attempts <n>', 'tried so often or more', wholeNumber);
}

/** The filter that options say. Throws a CommandError. */
export function filterOf(options: FilterOptions): DeadLetterFilter {
  const { code, stage, source, workspace, phone, sid, from, to, minAttempts } = options;
  const filter = {
    code,
    stage,
    source,
    workspace,
    phone: phone === undefined ? undefined : parsePerson(phone, undefined).phone,
    messageSid: sid,
    from,
    to,
    minAttempts,
  };
  return Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined));
}

/**
 * Which letters a command that changes something is about: those named, of those the ones that meet the filter; all only
 * when that is said. Throws a CommandError.
 */
export function chosen(
  ids: readonly string[],
  { all, ...options }: FilterOptions & { readonly all: boolean },
): DeadLetterFilter {
  const filter = filterOf(options);
  const some = ids.length > 0 || Object.keys(filter).length > 0;
  if (!some && !all) throw new OperationError('filter_missing', 'say which letters: ids, filters, or --all');
  if (some && all)
    throw new OperationError('filter_ambiguous', '--all leaves no letter out: without ids and filters');
  return ids.length > 0 ? { ...filter, ids: [...new Set(ids)] } : filter;
}

/** A filter for people, phones whole. */
export function filterText({ ids = [], from, to, ...rest }: DeadLetterFilter): string {
  const parts = [
    ...(ids.length > 3 ? [`${String(ids.length)} ids`] : ids),
    ...Object.entries(rest).map(([name, value]) => `${name} ${String(value)}`),
    ...(from === undefined ? [] : [`from ${new Date(from).toISOString()}`]),
    ...(to === undefined ? [] : [`to ${new Date(to).toISOString()}`]),
  ];
  return parts.length > 0 ? parts.join(', ') : 'all';
}
