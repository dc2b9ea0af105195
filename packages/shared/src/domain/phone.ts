import { parsePhoneNumberFromString, type CountryCode } from 'libphonenumber-js';
import { z } from 'zod';
import { canonicalSpelling, otherSpelling } from './numbering-plans';

/**
 * A phone number as `+` and 7 to 15 digits (ITU-T E.164). Parsing returns the canonical spelling, so whatever comes in is one
 * subscriber under one number: events, sync requests, dead letters, the command line; see numbering-plans.ts.
 */
export const E164 = z
  .string()
  .regex(/^\+[1-9]\d{6,14}$/)
  .transform(canonicalSpelling)
  .brand('E164');
export type E164 = z.infer<typeof E164>;

/** Returns all spellings of a number in E.164, the canonical one first. */
export function e164Spellings(phone: E164): readonly [E164, ...E164[]] {
  const canonical = canonicalSpelling(phone) as E164;
  const other = otherSpelling(canonical) as E164 | undefined;
  return other === undefined ? [canonical] : [canonical, other];
}

/** SMS, MMS and RCS share one consent (Twilio, since March 2026); WhatsApp has its own. */
export const Channel = z.enum(['sms', 'whatsapp']);
export type Channel = z.infer<typeof Channel>;

/** A parsed Twilio address: its channel and, where it is one, the phone number. */
export type Address =
  | { readonly kind: 'phone'; readonly channel: Channel; readonly phone: E164 }
  | { readonly kind: 'other'; readonly channel: Channel }
  | { readonly kind: 'unknown_channel' };

const PREFIXED = /^([a-z]+):(.*)$/i;
const CHANNEL_OF_PREFIX: ReadonlyMap<string, Channel> = new Map([
  ['sms', 'sms'],
  ['mms', 'sms'],
  ['rcs', 'sms'],
  ['whatsapp', 'whatsapp'],
]);

/**
 * Parses `+15551234567`, `whatsapp:+15551234567`, `rcs:+15551234567`, a short code or a WhatsApp business id. It never
 * throws: an address without a phone number is `other`, one on an unknown channel `unknown_channel`.
 */
export function parseAddress(address: string): Address {
  const restored = restorePlus(address);
  const prefixed = PREFIXED.exec(restored);
  const channel = prefixed ? CHANNEL_OF_PREFIX.get((prefixed[1] ?? '').toLowerCase()) : 'sms';
  if (!channel) return { kind: 'unknown_channel' };
  const phone = E164.safeParse(prefixed ? prefixed[2] : restored);
  return phone.success ? { kind: 'phone', channel, phone: phone.data } : { kind: 'other', channel };
}

/** Punctuation of written numbers; a number that is dialled from abroad may begin with 00. */
const PUNCTUATION = /[\s().\-/\u2010-\u2015\u00A0]/g;

/**
 * Parses a number as people and systems write it: `+1 (415) 555-0123`, `0041 44 668 18 00`, or all digits with the country
 * code, `14155550123`. Undefined for any other text, also for a national number, whose country is not known.
 */
export function parseWrittenPhone(text: string): E164 | undefined {
  const compact = text.replace(PUNCTUATION, '');
  const digits = /^(?:\+|00)?([1-9]\d{6,14})$/.exec(compact)?.[1];
  if (digits === undefined) return undefined;
  // Removes what is written but not dialled, such as the 0 in +44 (0)20.
  const parsed = parsePhoneNumberFromString(canonicalSpelling(`+${digits}`));
  if (!/^(?:\+|00)/.test(compact) && !parsed?.isPossible()) return undefined;
  return E164.safeParse(parsed?.number ?? `+${digits}`).data;
}

/**
 * Parses a number as it is written in a country, or with a plus or 00 in front. Undefined for a number that is not possible
 * there. Without a country, only a number with a plus or 00 is one: `4155550123` is American, and also a possible Swiss one.
 */
export function parseNationalPhone(text: string, country: CountryCode | undefined): E164 | undefined {
  if (/^\s*(?:\+|00)/.test(text)) return parseWrittenPhone(text);
  const parsed = country && parsePhoneNumberFromString(text, country);
  return parsed?.isPossible() ? E164.safeParse(parsed.number).data : undefined;
}

/**
 * Trims a number, and returns a plus to a number that has lost it to form encoding, where `+` is a space: ` 14155550101`
 * and `whatsapp: 14155550101`. Short codes have fewer than 7 digits and no plus.
 */
export function restorePlus(address: string): string {
  const restored = address.replace(/^([a-z]+:)? +([1-9]\d{6,14}\s*)$/i, '$1+$2');
  return /^\s*([a-z]+:)?\+?\d+\s*$/i.test(restored) ? restored.trim() : restored;
}

/**
 * Masks a number for display and logs: the first five characters and the last two digits remain, `+1415*****23`. Of a short
 * number fewer remain in front, so that at least four digits are hidden.
 */
export function maskPhone(phone: string): string {
  if (phone.length < 8) return '***';
  const shown = Math.min(5, phone.length - 6);
  return `${phone.slice(0, shown)}${'*'.repeat(phone.length - shown - 2)}${phone.slice(-2)}`;
}
