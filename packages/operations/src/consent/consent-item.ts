import { EARLIEST_REPORT, parseWrittenPhone, type E164 } from '@optout-sync/shared/domain';
import { parseInstant } from '../calendar';
import { OperationError } from '../operation-error';
import { parsePerson, parseSenderTo } from '../optouts/subject';

/** An opt-out that somebody gave by phone, e-mail or otherwise, for one sender. */
export interface ConsentItem {
  /** Where it stands: the line of the file that it ends on, or the place among the arguments, from 1. */
  readonly row: number;
  readonly phone: E164;
  readonly sender: string;
  /** When it was given, in ms since 1970; undefined where that is unknown. */
  readonly at: number | undefined;
}

/** One that cannot be read. The message never shows the value. */
interface InvalidItem {
  readonly row: number;
  readonly code: string;
  readonly message: string;
}

/** An item as it is written. */
export interface WrittenItem {
  readonly row: number;
  readonly phone: string;
  /** '' for the senders that are given for all. */
  readonly sender: string;
  readonly date: string;
}

export interface ParsedItems {
  readonly items: readonly ConsentItem[];
  readonly invalid: readonly InvalidItem[];
  /** How many say what another one says already. */
  readonly repeated: number;
}

/**
 * Parses items, each for each of `senders` unless it names its own. Of two that are about the same phone and sender the first counts.
 *
 * @param now in ms since 1970
 */
export function parseItems(
  written: readonly WrittenItem[],
  senders: readonly string[],
  now: number,
): ParsedItems {
  const [items, invalid]: [ConsentItem[], InvalidItem[]] = [[], []];
  const known = new Set<string>();
  let repeated = 0;
  for (const one of written) {
    try {
      for (const item of parseItem(one, senders, now)) {
        const key = `${item.sender} ${item.phone}`;
        if (known.has(key)) repeated += 1;
        else items.push(item);
        known.add(key);
      }
    } catch (error) {
      if (!(error instanceof OperationError)) throw error;
      invalid.push({ row: one.row, code: error.code, message: error.message });
    }
  }
  return { items, invalid, repeated };
}

function parseItem(
  { row, phone, sender, date }: WrittenItem,
  senders: readonly string[],
  now: number,
): ConsentItem[] {
  const parsed = parsePhone(phone);
  const at = date === '' ? undefined : parseDate(date, now);
  const own = sender === '' ? senders : [sender];
  if (own.length === 0) {
    throw new OperationError('sender_missing', 'no sender: give --sender, or a column `sender`');
  }
  const person = { phone: parsed, channel: 'sms' } as const;
  return own.map((one) => ({ row, phone: parsed, sender: parseSenderTo(person, one), at }));
}

function parsePhone(text: string): E164 {
  if (/^whatsapp:/i.test(text)) {
    throw new OperationError(
      'channel_unsupported',
      'Twilio keeps consents of SMS, MMS and RCS, not of WhatsApp',
    );
  }
  return text.startsWith('+') && /^\+\d+$/.test(text) ? parsePerson(text, 'sms').phone : written(text);
}

function written(text: string): E164 {
  const phone = parseWrittenPhone(text);
  if (phone) return phone;
  throw new OperationError(
    'phone_invalid',
    'the phone is not valid; write it with its country code, like +14155550123',
  );
}

function parseDate(text: string, now: number): number {
  const at = parseInstant(text);
  if (Number.isNaN(at) || at < EARLIEST_REPORT) {
    throw new OperationError(
      'date_invalid',
      'the date must be like 2026-02-25 or 2026-02-25T09:59:58Z, and not before the year 2000',
    );
  }
  if (at > now) throw new OperationError('date_invalid', 'the date is in the future');
  return at;
}
