import { Option, type Command } from 'commander';
import { OperationError, parsePerson } from '@optout-sync/operations';
import { Stage, type DeadLetterFilter } from '@optout-sync/shared/dead-letters';
import { EventSource } from '@optout-sync/shared/domain';
import {
  addChangeOptions,
  addSpanOptions,
  formerOption,
  type ChangeOptions,
  type SpanOptions,
} from '../frame/options';
import { pastTime } from '../frame/option-values';

/** The options of a command that select dead letters. */
export interface FilterOptions extends SpanOptions {
  readonly code?: string;
  readonly stage?: Stage;
  readonly source?: EventSource;
  readonly workspace?: string;
  readonly phone?: string;
  readonly sid?: string;
}

export function addFilterOptions(command: Command): Command {
  command
    .option('--code <code>', 'only dead letters whose last error has this code')
    .addOption(new Option('--stage <stage>', 'only those that failed in this step').choices(Stage.options))
    .addOption(new Option('--source <source>', 'only events from this source').choices(EventSource.options))
    .option('--workspace <name>', 'only this workspace')
    .option('--phone <phone>', 'only this phone, such as +14155550123')
    .option('--sid <MessageSid>', 'only this message');
  return addSpanOptions(command, 'last failed')
    .addOption(formerOption('--from <time>', 'since').argParser(pastTime))
    .addOption(formerOption('--to <time>', 'until').argParser(pastTime));
}

/** The options of a command that changes the dead letters it selects. */
export interface SelectionOptions extends FilterOptions, ChangeOptions {
  readonly all: boolean;
}

export function addSelectionOptions(command: Command): Command {
  return addChangeOptions(addFilterOptions(command).option('--all', 'all dead letters', false));
}

/** @throws {OperationError} `phone_invalid` */
export function parseFilter(options: FilterOptions): DeadLetterFilter {
  const { code, stage, source, workspace, phone, sid, since, until } = options;
  const filter = {
    code,
    stage,
    source,
    workspace,
    phone: phone === undefined ? undefined : parsePerson(phone, undefined).phone,
    messageSid: sid,
    from: since,
    to: until,
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
