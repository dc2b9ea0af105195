import type { ImportCounts } from '@optout-sync/operations';
import { NOTHING_DONE } from '../frame/options';
import { tableText } from '../frame/table';
import type { Terminal } from '../frame/terminal';

type Reason = keyof ImportCounts['rejected'];

/** What is wrong with a row. */
export const REASONS = {
  row_malformed: 'it has more or fewer cells than the header, or is no JSON object',
  phone_invalid: 'the phone is no number with a country code; --country reads national ones',
  date_invalid: 'the date is not ISO 8601, or before the year 2000: leave it empty where it is not known',
  date_in_future: 'the date is in the future',
  sender_missing: 'the row names no sender, and there is no --sender',
  sender_invalid: 'the sender is neither a Messaging Service nor a number on that channel',
  channel_invalid: 'the channel is neither sms nor whatsapp',
  known: 'the row has no date, and the ledger has a word of the phone to that sender; --as-of imports it',
} as const satisfies Record<Reason, string>;

/** What was imported, or would be. */
export function importText(
  terminal: Terminal,
  { rows, imported, undated, unchanged, rejected }: ImportCounts,
  { done, rejects }: { readonly done: boolean; readonly rejects: string | undefined },
): string {
  const reasons = Object.entries(rejected) as [Reason, number][];
  const table = tableText(
    terminal,
    ['rows', ''],
    [
      ['read', rows],
      [done ? 'enqueued' : 'to import', imported],
      ...(undated > 0 ? [['of them without a date', undated]] : []),
      ['imported before', unchanged],
      ...reasons.map(([reason, count]) => [`rejected: ${reason}`, count]),
    ],
  );
  return [
    table,
    ...reasons.map(([reason]) => `${reason}: ${REASONS[reason]}`),
    ...(rejects === undefined ? [] : [`The rejected rows are in ${rejects}.`]),
    conclusion(imported, done),
  ].join('\n');
}

function conclusion(imported: number, done: boolean): string {
  if (imported === 0) return 'There is nothing new to import.';
  return done
    ? `Enqueued ${String(imported)}. They are applied behind live traffic; Twilio's own list is not changed by it.`
    : `Would import ${String(imported)}. ${NOTHING_DONE}`;
}
