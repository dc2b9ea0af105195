import {
  Channel,
  EARLIEST_REPORT,
  parseAddress,
  parseNationalPhone,
  type Country,
  type E164,
} from '@optout-sync/shared/domain';
import { isInCalendar } from '../calendar';
import { OperationError } from '../operation-error';
import { parseSenderTo, type Person } from '../optouts/subject';
import type { Columns } from './columns';

/** An opt-out of a row. */
export interface ImportedOptOut {
  readonly phone: E164;
  readonly channel: Channel;
  readonly sender: string;
  /** In ms since 1970; undefined for a row without a date. */
  readonly at: number | undefined;
}

/** Why a row is not imported. `known`: it has no date, and the ledger has a word of the phone to that sender. */
export type RejectReason =
  | 'row_malformed'
  | 'phone_invalid'
  | 'date_invalid'
  | 'date_in_future'
  | 'sender_missing'
  | 'sender_invalid'
  | 'channel_invalid'
  | 'known';

export type ParsedRow =
  | { readonly kind: 'opt_out'; readonly optOut: ImportedOptOut }
  | { readonly kind: 'rejected'; readonly reason: RejectReason };

/** What holds for rows that do not say otherwise. */
export interface RowDefaults {
  readonly sender?: string | undefined;
  readonly channel: Channel;
  /** The country of numbers that are written without their country code. */
  readonly country?: Country | undefined;
}

/** @param now in ms since 1970 */
export function parseRow(
  row: Readonly<Record<string, unknown>>,
  columns: Columns,
  defaults: RowDefaults,
  now: number,
): ParsedRow {
  const text = (column: string | undefined): string => {
    const value = column === undefined ? undefined : row[column];
    return typeof value === 'string' || typeof value === 'number' ? String(value).trim() : '';
  };
  const written = text(columns.phone);
  const channel = channelOf(written, text(columns.channel), defaults.channel);
  if (!channel) return rejected('channel_invalid');
  const phone = parseNationalPhone(written.replace(/^[a-z]+:/i, ''), defaults.country);
  if (!phone) return rejected('phone_invalid');
  const sender = senderOf(text(columns.sender) || (defaults.sender ?? ''), { phone, channel });
  if (typeof sender !== 'string') return rejected(sender.reason);
  const at = timeOf(text(columns.at));
  if (Number.isNaN(at) || (at !== undefined && at < EARLIEST_REPORT)) return rejected('date_invalid');
  if (at !== undefined && at > now) return rejected('date_in_future');
  return { kind: 'opt_out', optOut: { phone, channel, sender, at } };
}

const rejected = (reason: RejectReason): ParsedRow => ({ kind: 'rejected', reason });

/** The channel of a prefix, as in `whatsapp:+...`, else that of the column, else the default. */
function channelOf(phone: string, column: string, otherwise: Channel): Channel | undefined {
  if (phone.includes(':')) {
    const address = parseAddress(phone);
    return address.kind === 'unknown_channel' ? undefined : address.channel;
  }
  return column === '' ? otherwise : Channel.safeParse(column.toLowerCase()).data;
}

function senderOf(text: string, person: Person): string | { readonly reason: RejectReason } {
  if (text === '') return { reason: 'sender_missing' };
  try {
    return parseSenderTo(person, text);
  } catch (error) {
    if (error instanceof OperationError) return { reason: 'sender_invalid' };
    throw error;
  }
}

/** A date, or a date and time with or without a zone. */
const TIME = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?) ?(Z|UTC|[+-]\d\d:?\d\d)?)?$/;

/**
 * Parses ISO 8601, in UTC where it has no zone, or seconds or ms since 1970. Undefined for no text, NaN for any other.
 */
function timeOf(text: string): number | undefined {
  if (text === '') return undefined;
  if (/^\d{9,10}$/.test(text)) return Number(text) * 1_000;
  if (/^\d{12,13}$/.test(text)) return Number(text);
  const [, date, time = '00:00', zone = 'Z'] = TIME.exec(text) ?? [];
  if (date === undefined || !isInCalendar(date)) return NaN;
  return Date.parse(`${date}T${time}${zone === 'UTC' ? 'Z' : zone}`);
}
