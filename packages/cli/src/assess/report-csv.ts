import { stringify } from 'csv-stringify/sync';
import type { Assessment } from '@optout-sync/operations';

const iso = (at: number | undefined): string => (at === undefined ? '' : new Date(at).toISOString());

/** Columns in their order; lists are separated by spaces. */
const COLUMNS = [
  ...[
    'phone',
    'channel',
    'last_word',
    'since',
    'findings',
    'stopped_senders',
    'profiles',
    'profiles_subscribed',
  ],
  ...['cio_ids', 'texted_after', 'last_texted_at', 'blocked_after', 'own_words_at', 'own_words_sid'],
  ...['own_words_rule', 'own_words'],
] as const;

/**
 * An assessment as CSV, one line for each number with a finding.
 *
 * @param phone shows a phone, masked or whole
 * @param reveal includes what people wrote
 */
export function reportCsv({ numbers }: Assessment, phone: (text: string) => string, reveal: boolean): string {
  const records = numbers.map((one): Record<(typeof COLUMNS)[number], string | number> => ({
    phone: phone(one.phone),
    channel: one.channel,
    last_word: one.state,
    since: iso(one.since),
    findings: one.findings.join(' '),
    stopped_senders: one.stoppedSenders.join(' '),
    profiles: one.profiles.length,
    profiles_subscribed: one.profiles.filter(({ optedOut }) => !optedOut).length,
    cio_ids: one.profiles.map(({ cioId }) => cioId).join(' '),
    texted_after: one.textedAfter,
    last_texted_at: iso(one.lastTextedAt),
    blocked_after: one.blockedAfter,
    own_words_at: iso(one.ownWords?.at),
    own_words_sid: one.ownWords?.messageSid ?? '',
    own_words_rule: one.ownWords?.rule ?? '',
    own_words: reveal ? harmless(one.ownWords?.text ?? '') : '',
  }));
  return stringify(records, { header: true, columns: [...COLUMNS] }).trimEnd();
}

/** A spreadsheet runs a cell that begins like a formula (OWASP, CSV injection). */
function harmless(text: string): string {
  return /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
}
