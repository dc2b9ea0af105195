import Table from 'cli-table3';
import type { Selection } from '@optout-sync/operations';
import {
  unresolvedEvent,
  type DeadLetter,
  type DeadLetterFilter,
  type StoredDeadLetter,
} from '@optout-sync/shared/dead-letters';
import { maskPhone } from '@optout-sync/shared/domain';
import type { Terminal } from '../command';

/** How many dead letters a preview shows. */
export const PREVIEW_SIZE = 20;

/**
 * A table of dead letters, with phones masked.
 *
 * @param forecasts what a replay would do, by id
 */
export function deadLetterTable(
  deadLetters: readonly StoredDeadLetter[],
  forecasts: ReadonlyMap<string, string> = new Map(),
): string {
  const table = new Table({
    head: [
      'id',
      'last failed',
      'stage',
      'code',
      'attempts',
      'what',
      ...(forecasts.size > 0 ? ['if replayed now'] : []),
    ],
    style: { head: [], border: [] },
  });
  for (const { id, deadLetter, run } of deadLetters) {
    table.push([
      run === undefined ? id : `${id} (replaying)`,
      new Date(deadLetter.lastFailedAt).toISOString(),
      deadLetter.stage,
      deadLetter.code,
      deadLetter.attempts.length,
      payloadText(deadLetter),
      ...(forecasts.size > 0 ? [forecasts.get(id) ?? ''] : []),
    ]);
  }
  return table.toString();
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
      return undone satisfies never;
  }
}

/** A filter, with phones whole. */
export function filterText({ ids = [], from, to, ...rest }: DeadLetterFilter): string {
  const parts = [
    ...(ids.length > 3 ? [`${String(ids.length)} ids`] : ids),
    ...Object.entries(rest).map(([name, value]) => `${name} ${String(value)}`),
    ...(from === undefined ? [] : [`from ${new Date(from).toISOString()}`]),
    ...(to === undefined ? [] : [`to ${new Date(to).toISOString()}`]),
  ];
  return parts.length > 0 ? parts.join(', ') : 'all';
}

/** Prints what a replay or a discard would apply to, and how to carry it out. */
export function printPreview(
  terminal: Terminal,
  action: 'replay' | 'discard',
  { first, count, filter }: Selection,
  forecasts?: ReadonlyMap<string, string>,
): void {
  if (first.length > 0) terminal.out(deadLetterTable(first, forecasts));
  if (count > first.length) terminal.out(`... and ${String(count - first.length)} more`);
  terminal.out(`${String(count)} to ${action} (${filterText(filter)}).`);
  terminal.out('Nothing was done. Repeat the command with --yes --by <name> --why <text> to do it.');
}
