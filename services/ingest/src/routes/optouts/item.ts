import { z } from 'zod';
import {
  Channel,
  EARLIEST_REPORT,
  parseAddress,
  parseNationalPhone,
  parseSenderTo,
  type E164,
} from '@optout-sync/shared/domain';
import { INTAKE_KINDS, type IntakeClient, type IntakeKind } from '@optout-sync/shared/config';
import type { ItemError, ItemErrorCode } from './item-errors';

/** An opt-out or opt-in that another system reports. */
export interface ReportedConsent {
  /** The caller's id, if it gave one. */
  readonly id: string | undefined;
  readonly phone: E164;
  readonly channel: Channel;
  readonly kind: IntakeKind;
  /** Each is a message of its own. */
  readonly senders: readonly string[];
  /** When the person said so, in ms since 1970; undefined for now. */
  readonly at: number | undefined;
  /** Where it came from and why, in the caller's words; '' for none. */
  readonly why: string;
}

/** A clock of another system may be ahead. */
const MOST_AHEAD_MS = 300_000;

/** On one line: white space and control characters become one space. A template gives '' or null for what it lacks. */
const text = (max: number) =>
  z
    .union([z.string(), z.number().transform(String)])
    .nullish()
    .transform((value) => value?.replace(/[\s\p{Cc}]+/gu, ' ').trim() || undefined)
    .pipe(z.string().max(max).optional());

const short = text(200);
const lowerCase = short.transform((value) => value?.toLowerCase());

const Item = z.strictObject({
  id: short,
  phone: short.pipe(z.string()),
  kind: lowerCase.pipe(z.enum(INTAKE_KINDS)),
  at: short
    .pipe(z.iso.datetime({ offset: true }).optional())
    .transform((value) => (value === undefined ? undefined : Date.parse(value)))
    .pipe(z.number().min(EARLIEST_REPORT).optional()),
  sender: short,
  channel: lowerCase.pipe(Channel.optional()),
  source: short,
  reference: short,
  note: text(500),
});
type Item = z.output<typeof Item>;

const CODES: Readonly<Record<string, ItemErrorCode>> = {
  phone: 'phone_invalid',
  kind: 'kind_invalid',
  channel: 'channel_invalid',
  sender: 'sender_invalid',
  at: 'at_invalid',
};

export type ParsedItem =
  | { readonly kind: 'consent'; readonly consent: ReportedConsent }
  | { readonly kind: 'invalid'; readonly errors: readonly Omit<ItemError, 'index'>[] };

/**
 * Parses an item that `client` reports at `now` (ms since 1970). Of an item of the right form only the first error is reported.
 */
export function parseItem(json: unknown, client: IntakeClient, now: number): ParsedItem {
  const parsed = Item.safeParse(json);
  if (!parsed.success) return { kind: 'invalid', errors: parsed.error.issues.map(errorOf) };
  const checked = check(parsed.data, client, now);
  return 'code' in checked ? { kind: 'invalid', errors: [checked] } : { kind: 'consent', consent: checked };
}

function errorOf({ code, path }: z.core.$ZodIssue): Omit<ItemError, 'index'> {
  const field = String(path[0] ?? '');
  if (code === 'unrecognized_keys') return { field, code: 'field_unknown' };
  return { field, code: field === '' ? 'item_invalid' : (CODES[field] ?? 'text_invalid') };
}

function check(item: Item, client: IntakeClient, now: number): ReportedConsent | Omit<ItemError, 'index'> {
  const { id, kind, at, source, reference, note } = item;
  const written = addressOf(item);
  if (!written.channel) return { field: 'channel', code: 'channel_invalid' };
  const phone = parseNationalPhone(written.number, undefined);
  if (!phone) return { field: 'phone', code: 'phone_invalid' };
  if (!client.kinds.includes(kind)) return { field: 'kind', code: 'kind_not_allowed' };
  if (at !== undefined && at > now + MOST_AHEAD_MS) return { field: 'at', code: 'at_in_future' };
  if (kind === 'start' && at === undefined) return { field: 'at', code: 'at_missing' };
  const person = { phone, channel: written.channel };
  const senders = sendersOf(item.sender === undefined ? client.senders : [item.sender], person);
  if (senders.length === 0) {
    return { field: 'sender', code: item.sender === undefined ? 'sender_missing' : 'sender_invalid' };
  }
  const why = [source, reference, note].filter((part) => part !== undefined).join(', ');
  return { ...person, id, kind, senders, at, why };
}

/** The number without its prefix, as in `whatsapp:+...`, and the channel, unless the two contradict. */
function addressOf({ phone, channel }: Item): { readonly number: string; readonly channel?: Channel } {
  if (!phone.includes(':')) return { number: phone, channel: channel ?? 'sms' };
  const address = parseAddress(phone);
  const number = phone.slice(phone.indexOf(':') + 1);
  if (address.kind === 'unknown_channel' || (channel ?? address.channel) !== address.channel)
    return { number };
  return { number, channel: address.channel };
}

/** Those of the senders that can be of this person's consent, each once. */
function sendersOf(
  written: readonly string[],
  person: { readonly phone: E164; readonly channel: Channel },
): readonly string[] {
  const senders = written.flatMap((sender) => {
    const parsed = parseSenderTo(person, sender);
    return parsed.kind === 'sender' ? [parsed.sender] : [];
  });
  return [...new Set(senders)];
}
