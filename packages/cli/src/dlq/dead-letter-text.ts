import { stringify } from 'yaml';
import type { Selection } from '@optout-sync/operations';
import { unresolvedEvent, type DeadLetter, type StoredDeadLetter } from '@optout-sync/shared/dead-letters';
import { maskPhone } from '@optout-sync/shared/domain';
import { forOutput } from '../frame/json';
import { NOTHING_DONE } from '../frame/options';
import type { PhoneOptions } from '../frame/phones';
import { tableText } from '../frame/table';
import type { Terminal } from '../frame/terminal';
import { filterText } from '../runs/filter-text';
import { deadLetterJson } from './dead-letter-json';

/** How many dead letters a preview shows. */
export const PREVIEW_SIZE = 20;

/**
 * A table of dead letters, with phones masked.
 *
 * @param forecasts what a replay would do, by id
 */
export function deadLetterTable(
  terminal: Terminal,
  deadLetters: readonly StoredDeadLetter[],
  forecasts: ReadonlyMap<string, string> = new Map(),
): string {
  const withForecast = forecasts.size > 0;
  const head = ['id', 'last failed', 'stage', 'code', 'attempts', 'what'];
  const rows = deadLetters.map(({ id, deadLetter, run }) => [
    run === undefined ? id : `${id} (replaying)`,
    new Date(deadLetter.lastFailedAt).toISOString(),
    deadLetter.stage,
    deadLetter.code,
    deadLetter.attempts.length,
    payloadText(deadLetter),
    ...(withForecast ? [forecasts.get(id) ?? ''] : []),
  ]);
  return tableText(terminal, withForecast ? [...head, 'if replayed now'] : head, rows);
}

/** A dead letter with all that is known of it. */
export function deadLetterText(stored: StoredDeadLetter, { reveal }: PhoneOptions): string {
  const { deadLetter } = stored;
  return [
    `${stored.id}: ${payloadText(deadLetter)}`,
    stringify(forOutput('', deadLetterJson(stored, { reveal }), { reveal })).trimEnd(),
  ].join('\n');
}

function payloadText({ undone }: DeadLetter): string {
  switch (undone.type) {
    case 'event':
      return `${undone.event.kind} from ${maskPhone(undone.event.phone)} (${undone.event.messageSid})`;
    case 'sync':
      return `sync of ${maskPhone(undone.request.phone)} (${undone.request.channel}, ${String(undone.messageSids.length)} waiting)`;
    case 'destination':
      return `write of ${maskPhone(undone.request.phone)} (${undone.request.channel}) to the destination ${undone.destination}`;
    case 'forward':
      return `forward of ${undone.request.id} to ${new URL(undone.request.target).host}`;
    case 'people':
      return `${String(undone.change.people.length)} changed people of ${undone.change.workspace}`;
    case 'raw': {
      const event = unresolvedEvent({ undone });
      if (event)
        return `${event.kind} from a person without a phone number (${event.messageSid}): dlq resolve`;
      return 'a message that could not be parsed';
    }
    default:
      undone satisfies never;
      return 'a payload that is damaged, or of a newer version';
  }
}

/** Prints what a replay or a discard would apply to, and how to carry it out. */
export function printPreview(
  terminal: Terminal,
  action: 'replay' | 'discard',
  { first, count, filter }: Selection,
  forecasts?: ReadonlyMap<string, string>,
): void {
  if (first.length > 0) terminal.out(deadLetterTable(terminal, first, forecasts));
  if (count > first.length) terminal.out(`... and ${String(count - first.length)} more`);
  terminal.out(`${String(count)} to ${action} (${filterText(filter)}).`);
  if (count > 0) terminal.out(NOTHING_DONE);
}
