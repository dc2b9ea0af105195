import { z } from 'zod';
import { parsePhoneNumberFromString } from 'libphonenumber-js';

/** A phone number as `+` and 7 to 15 digits (ITU-T E.164). */
export const E164 = z
  .string()
  .regex(/^\+[1-9]\d{6,14}$/)
  .brand('E164');
export type E164 = z.infer<typeof E164>;

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
  const prefixed = PREFIXED.exec(address.trim());
  const channel = prefixed ? CHANNEL_OF_PREFIX.get((prefixed[1] ?? '').toLowerCase()) : 'sms';
  if (!channel) return { kind: 'unknown_channel' };
  const phone = E164.safeParse(prefixed ? prefixed[2] : address.trim());
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
  const parsed = parsePhoneNumberFromString(`+${digits}`);
  if (!/^(?:\+|00)/.test(compact) && !parsed?.isPossible()) return undefined;
  return E164.safeParse(parsed?.number ?? `+${digits}`).data;
}

/** The formats in which Customer.io may store a phone number. */
export const PhoneFormat = z.enum(['e164', 'digits', 'national']);
export type PhoneFormat = z.infer<typeof PhoneFormat>;

/**
 * Returns the distinct spellings of a number in these formats: `e164` is +14155550123, `digits` is 14155550123, and
 * `national` is both (415) 555-0123 and 4155550123.
 */
export function phoneSpellings(phone: E164, formats: readonly PhoneFormat[]): string[] {
  const spellings = formats.flatMap((format) => {
    switch (format) {
      case 'e164':
        return [phone];
      case 'digits':
        return [phone.slice(1)];
      case 'national': {
        const parsed = parsePhoneNumberFromString(phone);
        return parsed ? [parsed.formatNational(), parsed.nationalNumber] : [];
      }
      default:
        return format satisfies never;
    }
  });
  return [...new Set(spellings)];
}

/** Whether a value stored at Customer.io is this number, in any of these formats or any spelling that can be parsed. */
export function isSamePhone(stored: string, phone: E164, formats: readonly PhoneFormat[]): boolean {
  return phoneSpellings(phone, formats).includes(stored) || parseStoredPhone(stored, phone) === phone;
}

/**
 * Returns the number that a value stored at Customer.io spells; undefined for one that cannot be parsed.
 *
 * @param like a number of the country that applies where the value names none
 */
export function parseStoredPhone(stored: string, like: E164): E164 | undefined {
  const country = parsePhoneNumberFromString(like)?.country;
  const parsed = E164.safeParse(parsePhoneNumberFromString(stored, country)?.number);
  return parsed.success ? parsed.data : undefined;
}

/** Masks a number for display and logs: the first five characters and the last two digits remain, `+1415*****23`. */
export function maskPhone(phone: string): string {
  return phone.length < 8 ? '***' : `${phone.slice(0, 5)}${'*'.repeat(phone.length - 7)}${phone.slice(-2)}`;
}
