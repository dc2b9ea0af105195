import { getCountryCallingCode, isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js';
import { z } from 'zod';
import { canonicalSpelling } from './numbering-plans';
import { E164, e164Spellings, parseNationalPhone, parseWrittenPhone } from './phone';

/** The formats in which Customer.io may store a phone number. */
export const PhoneFormat = z.enum(['e164', 'digits', 'national']);
export type PhoneFormat = z.infer<typeof PhoneFormat>;

/** A country as ISO 3166-1 alpha-2, in upper case. */
export const Country = z
  .string()
  .toUpperCase()
  .refine(isSupportedCountry, 'must be the ISO code of a country, such as US');
export type Country = z.output<typeof Country>;

/** How phone numbers are stored at Customer.io. */
export interface PhoneSettings {
  readonly phoneFormats: readonly PhoneFormat[];
  /** Numbers with the calling code of this country are searched for in the format `national`; without it there are none. */
  readonly defaultCountry?: Country | undefined;
}

/** A format has at most so many spellings of a number. */
const MAX_SPELLINGS = { e164: 2, digits: 2, national: 12 } as const satisfies Record<PhoneFormat, number>;

/** Returns how many spellings `phoneSpellings` returns at most. */
export function maxSpellings({ phoneFormats }: PhoneSettings): number {
  return phoneFormats.reduce((sum, format) => sum + MAX_SPELLINGS[format], 0);
}

/**
 * Returns the distinct spellings of a number: `e164` is +14155550123 and `digits` 14155550123, each with the other spelling of
 * the same subscriber (see numbering-plans.ts). `national` is the number as it is written in `defaultCountry`, with the
 * usual separators and without any: (415) 555-0123, 415-555-0123, 4155550123. It is for all numbers with the calling code of that
 * country: within one, a national number is one subscriber's, so that of Puerto Rico is written in the US as it is at home.
 */
export function phoneSpellings(phone: E164, { phoneFormats, defaultCountry }: PhoneSettings): string[] {
  const all = e164Spellings(phone);
  const spellings = phoneFormats.flatMap((format) => {
    switch (format) {
      case 'e164':
        return all;
      case 'digits':
        return all.map((one) => one.slice(1));
      case 'national':
        return defaultCountry === undefined
          ? []
          : all.flatMap((one) => nationalSpellings(one, defaultCountry));
      default:
        return format satisfies never;
    }
  });
  return [...new Set(spellings)];
}

/**
 * Returns the settings without the format `national`. A spelling without country code is not a proof of who somebody is: the
 * same digits are another subscriber's number elsewhere. It suffices to opt a person out and never to opt one in.
 */
export function withoutNational(settings: PhoneSettings): PhoneSettings {
  return { phoneFormats: settings.phoneFormats.filter((format) => format !== 'national') };
}

/** The separators of a national number. */
const SEPARATORS = [' ', '-', '.', ''];

function nationalSpellings(phone: E164, country: Country): string[] {
  const parsed = parsePhoneNumberFromString(phone);
  if (parsed?.countryCallingCode !== getCountryCallingCode(country)) return [];
  const formatted = parsed.formatNational();
  const groups = formatted.split(/\D+/).filter((group) => group !== '');
  // Without the trunk prefix too: a spreadsheet drops a leading zero.
  return [formatted, ...SEPARATORS.map((separator) => groups.join(separator)), parsed.nationalNumber];
}

/**
 * Whether a stored value is this number: one of its spellings, or another way to write it in one of the formats. A value
 * without a plus and country code is compared as a number of `defaultCountry`, and only where `national` is a format.
 */
export function isSamePhone(stored: string, phone: E164, settings: PhoneSettings): boolean {
  if (phoneSpellings(phone, settings).includes(stored)) return true;
  const { phoneFormats, defaultCountry } = settings;
  const canonical = canonicalSpelling(phone);
  const is = (text: string, country?: Country): boolean => {
    const number = parsePhoneNumberFromString(text, country)?.number;
    return number !== undefined && canonicalSpelling(number) === canonical;
  };
  if (is(stored, phoneFormats.includes('national') ? defaultCountry : undefined)) return true;
  return phoneFormats.includes('digits') && is(`+${stored.replace(/\D/g, '')}`);
}

/** The country of a number, where the number tells it. */
export function countryOf(phone: E164): Country | undefined {
  return parsePhoneNumberFromString(phone)?.country;
}

/**
 * Returns every number that a value stored at Customer.io may spell, in whatever format: with or without the country code, as
 * a national number of the default country, or as one of the country of another number.
 *
 * @param like such as the number that the person had before
 */
export function possiblePhones(
  stored: string,
  like: E164,
  { defaultCountry }: Pick<PhoneSettings, 'defaultCountry'>,
): E164[] {
  const national = [defaultCountry, countryOf(like)].map(
    (country) => parsePhoneNumberFromString(stored, country)?.number,
  );
  const possible = [parseWrittenPhone(stored), `+${stored.replace(/\D/g, '')}`, ...national];
  return [...new Set(possible.flatMap((text) => E164.safeParse(text).data ?? []))];
}

/**
 * Returns the numbers that a value stored at Customer.io is in the formats of a workspace: of several possible ones those that are
 * valid. `6465550101` is of New York in the format `national`, of New Zealand in `digits`, and with both formats either.
 */
export function readPhones(stored: string, { phoneFormats, defaultCountry }: PhoneSettings): E164[] {
  const readings = [
    parseNationalPhone(stored, phoneFormats.includes('national') ? defaultCountry : undefined),
    phoneFormats.includes('digits') ? parseWrittenPhone(stored) : undefined,
  ];
  const phones = [...new Set(readings.filter((phone) => phone !== undefined))];
  const valid = phones.filter((phone) => parsePhoneNumberFromString(phone)?.isValid());
  return valid.length > 0 ? valid : phones;
}
