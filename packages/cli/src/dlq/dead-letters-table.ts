import Table from 'cli-table3';
import type { DeadLetter, StoredDeadLetter } from '@optout-sync/shared/dead-letters';
import { maskPhone } from '@optout-sync/shared/domain';

/**
 * A table of letters for people, with phones masked. `forecasts` has what a replay would come to, by id, where that is
 * known.
 */
export function lettersTable(
  letters: readonly StoredDeadLetter[],
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
  for (const { id, letter, run } of letters) {
    table.push([
      run === undefined ? id : `${id} (replaying)`,
      new Date(letter.lastFailedAt).toISOString(),
      letter.stage,
      letter.code,
      letter.attempts.length,
      describe(letter.undone),
      ...(forecasts.size > 0 ? [forecasts.get(id) ?? ''] : []),
    ]);
  }
  return table.toString();
}

function describe(undone: DeadLetter['undone']): string {
  switch (undone.type) {
    case 'event':
      return `${undone.event.kind} from ${maskPhone(undone.event.phone)} (${undone.event.messageSid})`;
    case 'sync':
      return `sync of ${maskPhone(undone.request.phone)} (${undone.request.channel}, ${String(undone.messageSids.length)} waiting)`;
    case 'forward':
      return `forward of ${undone.request.id} to ${new URL(undone.request.target).host}`;
    case 'raw':
      return 'a message that was not understood';
    default:
      return undone satisfies never;
  }
}
