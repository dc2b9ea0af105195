import Table from 'cli-table3';
import type { Counts } from '@optout-sync/operations';

const ROWS: readonly (readonly [keyof Counts, string])[] = [
  ['messages', "messages in Twilio's log"],
  ['inbound', 'inbound'],
  ['optOuts', 'opt-outs'],
  ['optIns', 'opt-ins'],
  ['toReview', 'for review'],
  ['blockedSends', 'blocked sends (21610)'],
  ['notUnderstood', 'not understood'],
  ['known', 'known in the ledger already'],
  ['missing', 'missing there'],
];

/** What was found in each account, for people. */
export function reportText(found: ReadonlyMap<string, Counts>, enqueues: boolean): string {
  const table = new Table({ head: ['', ...found.keys()], style: { head: [], border: [] } });
  for (const [key, label] of ROWS) {
    table.push([label, ...[...found.values()].map((counts) => String(counts[key]))]);
  }
  const sum = (key: keyof Counts): number =>
    [...found.values()].reduce((total, counts) => total + counts[key], 0);
  return [table.toString(), conclusion(sum('missing'), sum('enqueued'), enqueues)].join('\n');
}

function conclusion(missing: number, enqueued: number, enqueues: boolean): string {
  if (missing === 0) return 'Nothing is missing.';
  return enqueues
    ? `Enqueued ${String(enqueued)}. They are applied behind live traffic; run this again to see what is left.`
    : `Would enqueue ${String(missing)}. Nothing was done. Repeat it with --yes to do it.`;
}

/** One line for who waits. */
export function progressText(sid: string, { messages, missing, enqueued }: Readonly<Counts>): string {
  const done = enqueued > 0 ? `, ${String(enqueued)} enqueued` : '';
  return `${sid}: ${String(messages)} messages read, ${String(missing)} missing${done}`;
}
