import { Option, type Command } from 'commander';
import { OperationError, parsePerson } from '@optout-sync/operations';
import { Stage, type DeadLetterFilter } from '@optout-sync/shared/dead-letters';
import { EventSource } from '@optout-sync/shared/domain';
import { time } from '../option-values';

/** The options of a command that select dead letters. */
export interface FilterOptions {
  readonly code?: string;
  readonly stage?: Stage;
  readonly source?: EventSource;
  readonly workspace?: string;
  readonly phone?: string;
  readonly sid?: string;
  readonly from?: number;
  readonly to?: number;
}

export function addFilterOptions(command: Command): Command {
  return command
    .option('--code <code>', 'only dead letters whose last error has this code')
    .addOption(new Option('--stage <stage>', 'only those that failed in this step').choices(Stage.options))
    .addOption(new Option('--source <source>', 'only events from this source').choices(EventSource.options))
    .option('--workspace <name>', 'only this workspace')
    .option('--phone <phone>', 'only this phone, such as +14155550123')
    .option('--sid <MessageSid>', 'only this message')
    .option(
      '--from <time>',
      'last failed at this time or later: ISO 8601, or an age such as 30m, 2h, 1d',
      time,
    )
    .option('--to <time>', 'last failed at this time or earlier', time);
}

/** The options of a command that changes the dead letters it selects. */
export interface ChangeOptions extends FilterOptions {
  readonly all: boolean;
  readonly yes: boolean;
  readonly by?: string;
  readonly why?: string;
}

export function addChangeOptions(command: Command): Command {
  return addFilterOptions(command)
    .option('--all', 'all dead letters', false)
    .option('--yes', 'do it', false)
    .option('--by <name>', 'who does this (needed with --yes)')
    .option('--why <text>', 'why, for the audit trail (needed with --yes)');
}

/** @throws {OperationError} `phone_invalid` */
export function parseFilter(options: FilterOptions): DeadLetterFilter {
  const { code, stage, source, workspace, phone, sid, from, to } = options;
  const filter = {
    code,
    stage,
    source,
    workspace,
    phone: phone === undefined ? undefined : parsePerson(phone, undefined).phone,
    messageSid: sid,
    from,
    to,
  };
  return Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined));
}

/**
 * Returns the filter of a command that changes dead letters: the given ids, of those the ones that meet the filter options.
 * To select all dead letters takes `--all`.
 *
 * @throws {OperationError} `filter_missing`, `filter_ambiguous`, `phone_invalid`
 */
export function parseSelection(
  ids: readonly string[],
  { all, ...options }: FilterOptions & { readonly all: boolean },
): DeadLetterFilter {
  const filter = parseFilter(options);
  const selects = ids.length > 0 || Object.keys(filter).length > 0;
  if (!selects && !all) {
    throw new OperationError('filter_missing', 'nothing is selected; give ids, filters or --all');
  }
  if (selects && all) {
    throw new OperationError(
      'filter_ambiguous',
      '--all is given together with ids or filters; give one of them',
    );
  }
  return ids.length > 0 ? { ...filter, ids: [...new Set(ids)] } : filter;
}
