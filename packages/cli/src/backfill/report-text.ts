import type { BackfillCounts } from '@optout-sync/operations';
import { NOTHING_DONE } from '../frame/options';
import { tableText } from '../frame/table';
import type { Terminal } from '../frame/terminal';

const ROWS: readonly (readonly [keyof BackfillCounts, string])[] = [
  ['messages', "messages in Twilio's log"],
  ['inbound', 'inbound'],
  ['optOuts', 'opt-outs'],
  ['optIns', 'opt-ins'],
  ['toReview', 'for review'],
  ['blockedSends', 'blocked sends'],
  ['notUnderstood', 'unprocessable'],
  ['known', 'in the ledger'],
  ['missing', 'missing in the ledger'],
  ['imprecise', 'known by their time of arrival only'],
];

/** The report of a backfill, with a column for each account. */
export function reportText(
  terminal: Terminal,
  found: ReadonlyMap<string, BackfillCounts>,
  enqueues: boolean,
): string {
  const rows = ROWS.map(([key, label]) => [
    label,
    ...[...found.values()].map((counts) => String(counts[key])),
  ]);
  const sum = (key: keyof BackfillCounts): number =>
    [...found.values()].reduce((total, counts) => total + counts[key], 0);
  const table = tableText(terminal, ['', ...found.keys()], rows);
  return [table, conclusion(sum('missing') + sum('imprecise'), sum('enqueued'), enqueues)].join('\n');
}

function conclusion(toEnqueue: number, enqueued: number, enqueues: boolean): string {
  if (toEnqueue === 0) return 'Nothing is missing.';
  return enqueues
    ? `Enqueued ${String(enqueued)}. They are applied behind live traffic; run the command again to see what is still missing.`
    : `Would enqueue ${String(toEnqueue)}. ${NOTHING_DONE}`;
}
