import Table from 'cli-table3';
import type { BackfillCounts } from '@optout-sync/operations';

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
export function reportText(found: ReadonlyMap<string, BackfillCounts>, enqueues: boolean): string {
  const table = new Table({ head: ['', ...found.keys()], style: { head: [], border: [] } });
  for (const [key, label] of ROWS) {
    table.push([label, ...[...found.values()].map((counts) => String(counts[key]))]);
  }
  const sum = (key: keyof BackfillCounts): number =>
    [...found.values()].reduce((total, counts) => total + counts[key], 0);
  return [table.toString(), conclusion(sum('missing') + sum('imprecise'), sum('enqueued'), enqueues)].join(
    '\n',
  );
}

function conclusion(toEnqueue: number, enqueued: number, enqueues: boolean): string {
  if (toEnqueue === 0) return 'Nothing is missing.';
  return enqueues
    ? `Enqueued ${String(enqueued)}. They are applied behind live traffic; run the command again to see what is still missing.`
    : `Would enqueue ${String(toEnqueue)}. Nothing was done. Repeat the command with --yes to do it.`;
}

/** The progress of one account, on one line. */
export function progressText(sid: string, { messages, missing, enqueued }: Readonly<BackfillCounts>): string {
  const done = enqueued > 0 ? `, ${String(enqueued)} enqueued` : '';
  return `${sid}: ${String(messages)} messages read, ${String(missing)} missing${done}`;
}
