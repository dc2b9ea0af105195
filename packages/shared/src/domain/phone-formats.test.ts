import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { getCountries, getCountryCallingCode, getExampleNumber } from 'libphonenumber-js';
import examples from 'libphonenumber-js/examples.mobile.json';
import { E164 } from './phone';
import {
  Country,
  PhoneFormat,
  isSamePhone,
  maxSpellings,
  phoneSpellings,
  possiblePhones,
  readPhones,
  withoutNational,
  type PhoneSettings,
} from './phone-formats';

const e164 = (value: string): E164 => E164.parse(value);
const national = (defaultCountry: Country): PhoneSettings => ({ phoneFormats: ['national'], defaultCountry });
const ALL: PhoneSettings = { phoneFormats: ['e164', 'digits', 'national'], defaultCountry: 'US' };

/** Each number, its country, and how it is written there. */
const NATIONAL: readonly [country: Country, phone: string, written: readonly string[]][] = [
  ['US', '+14155552001', ['(415) 555-2001', '415-555-2001', '415.555.2001', '415 555 2001', '4155552001']],
  ['US', '+17875550123', ['(787) 555-0123', '787-555-0123', '7875550123']],
  ['US', '+14165552001', ['(416) 555-2001', '416-555-2001', '4165552001']],
  ['CA', '+14165552001', ['(416) 555-2001', '416-555-2001', '4165552001']],
  ['FR', '+33612345678', ['06 12 34 56 78', '0612345678', '06-12-34-56-78', '06.12.34.56.78', '612345678']],
  ['DE', '+4915112345678', ['01511 2345678', '015112345678', '15112345678']],
  ['GB', '+447700900123', ['07700 900123', '07700900123', '7700900123']],
  ['GB', '+447797712345', ['07797 712345', '07797712345', '7797712345']],
  ['ES', '+34612345678', ['612 34 56 78', '612345678']],
  ['IT', '+393123456789', ['312 345 6789', '3123456789']],
  ['AU', '+61412345678', ['0412 345 678', '0412345678', '412345678']],
  ['IN', '+919876543210', ['098765 43210', '09876543210', '9876543210']],
  ['JP', '+819012345678', ['090-1234-5678', '09012345678']],
  ['ZA', '+27821234567', ['082 123 4567', '0821234567']],
  ['RU', '+79161234567', ['8 (916) 123-45-67', '89161234567', '9161234567']],
  ['RU', '+77012345678', ['8 (701) 234 5678', '87012345678', '7012345678']],
  ['MX', '+525512345678', ['55 1234 5678', '5512345678']],
  ['AR', '+5491123456789', ['011 15-2345-6789', '1123456789']],
  ['BR', '+5511987654321', ['(11) 98765-4321', '11987654321', '1187654321']],
  ['CI', '+2250707123456', ['07 07 12 3456', '0707123456', '07123456']],
];

describe('phoneSpellings', () => {
  it('returns every requested format once', () => {
    const settings: PhoneSettings = { ...ALL, phoneFormats: ['e164', 'digits', 'national', 'e164'] };
    expect(phoneSpellings(e164('+14155550123'), settings)).toEqual([
      '+14155550123',
      '14155550123',
      '(415) 555-0123',
      '415 555 0123',
      '415-555-0123',
      '415.555.0123',
      '4155550123',
    ]);
  });

  it.each(NATIONAL)('in %s %s is written %p', (country, phone, written) => {
    const spellings = phoneSpellings(e164(phone), national(country));
    expect(spellings).toEqual(expect.arrayContaining([...written]));
    for (const stored of written) expect(isSamePhone(stored, e164(phone), national(country))).toBe(true);
  });

  it.each(NATIONAL)(
    'of %s: %s is not searched for as a national number of another country',
    (country, phone) => {
      const other = country === 'PL' ? 'CZ' : 'PL';
      expect(phoneSpellings(e164(phone), national(other))).toEqual([]);
    },
  );

  it('is documented country by country', () => {
    const text = readFileSync(join(__dirname, '../../../../docs/phone-numbers.md'), 'utf8');
    const docs = text.replaceAll(/ +/g, ' ');
    for (const [country, phone, [first]] of NATIONAL) {
      expect(docs).toContain(`| ${country} | \`${phone}\` | \`${first ?? ''}\``);
    }
  });

  it('searches in each country for the mobile numbers of all that share its calling code, and recognises them', () => {
    for (const country of getCountries()) {
      const settings = national(country);
      const mobiles = getCountries()
        .filter((other) => getCountryCallingCode(other) === getCountryCallingCode(country))
        .flatMap((other) => E164.safeParse(getExampleNumber(other, examples)?.number).data ?? []);
      for (const phone of mobiles) {
        const spellings = phoneSpellings(phone, settings);
        expect(spellings).not.toEqual([]);
        for (const spelling of spellings) expect(isSamePhone(spelling, phone, settings)).toBe(true);
      }
    }
  });

  it('has no national number without a default country, nor for a number without a country', () => {
    expect(phoneSpellings(e164('+14155550123'), { phoneFormats: ['national'] })).toEqual([]);
    expect(phoneSpellings(e164('+9991234567'), national('US'))).toEqual([]);
  });

  it('returns both spellings of one subscriber, with and without the plus', () => {
    const settings: PhoneSettings = { phoneFormats: ['e164', 'digits'] };
    expect(phoneSpellings(e164('+5215512345678'), settings)).toEqual([
      '+525512345678',
      '+5215512345678',
      '525512345678',
      '5215512345678',
    ]);
  });

  it('returns no more than maxSpellings, and each is the number', () => {
    const phones = NATIONAL.map(([country, phone]) => ({ country, phone: e164(phone) }));
    fc.assert(
      fc.property(
        fc.constantFrom(...phones),
        fc.uniqueArray(fc.constantFrom(...PhoneFormat.options), { minLength: 1 }),
        ({ country, phone }, phoneFormats) => {
          const settings: PhoneSettings = { phoneFormats, defaultCountry: country };
          const spellings = phoneSpellings(phone, settings);
          expect(spellings.length).toBeLessThanOrEqual(maxSpellings(settings));
          for (const spelling of spellings) expect(isSamePhone(spelling, phone, settings)).toBe(true);
        },
      ),
    );
  });
});

describe('withoutNational', () => {
  it('leaves no spelling that lacks the country code', () => {
    for (const [defaultCountry, phone] of NATIONAL) {
      const spellings = phoneSpellings(e164(phone), withoutNational({ ...ALL, defaultCountry }));
      const code = phone.slice(1, 3);
      for (const spelling of spellings) expect(spelling.replace('+', '').startsWith(code)).toBe(true);
    }
  });
});

describe('isSamePhone', () => {
  it.each([
    '+14155550123',
    '14155550123',
    '(415) 555-0123',
    '+1 415-555-0123',
    '1-415-555-0123',
    '415/555-0123',
  ])('accepts %p', (stored) => {
    expect(isSamePhone(stored, e164('+14155550123'), ALL)).toBe(true);
  });

  it.each(['+14155550124', '', 'none', '5550123', '+52 415 555 0123'])('rejects %p', (stored) => {
    expect(isSamePhone(stored, e164('+14155550123'), ALL)).toBe(false);
  });

  it('takes no national number for one of the country of the phone', () => {
    const spanish = '612345678';
    expect(isSamePhone(spanish, e164('+33612345678'), { phoneFormats: ['e164', 'digits'] })).toBe(false);
    expect(isSamePhone(spanish, e164('+33612345678'), { ...ALL, defaultCountry: 'ES' })).toBe(false);
    expect(isSamePhone(spanish, e164('+34612345678'), { ...ALL, defaultCountry: 'ES' })).toBe(true);
  });

  it.each(['+52 1 55 1234 5678', '+52 55 1234 5678', '5215512345678'])(
    'accepts %p for the same subscriber in Mexico',
    (stored) => {
      expect(isSamePhone(stored, e164('+525512345678'), ALL)).toBe(true);
    },
  );
});

describe('possiblePhones', () => {
  it('has the number of every spelling that a search is for, whomever the person is compared with', () => {
    for (const [defaultCountry, phone] of NATIONAL) {
      const stored = phoneSpellings(e164(phone), { ...ALL, defaultCountry });
      for (const [, like] of NATIONAL) {
        for (const one of stored)
          expect(possiblePhones(one, e164(like), { defaultCountry })).toContain(phone);
      }
    }
  });

  it.each([
    ['447700900123', ['+447700900123', '+1447700900123']],
    ['07700 900123', ['+447700900123']],
    ['00447700900123', ['+447700900123']],
    ['9991234567', ['+9991234567', '+19991234567']],
    ['+9991234567', ['+9991234567']],
    ['', []],
    ['none', []],
  ])('reads %p in each way', (stored, expected) => {
    const phones = possiblePhones(stored, e164('+14155550123'), { defaultCountry: 'GB' });
    expect(phones).toEqual(expect.arrayContaining(expected));
    if (stored.startsWith('+') || expected.length === 0) expect(phones).toEqual(expected);
  });
});

describe('readPhones', () => {
  it.each<[stored: string, formats: PhoneFormat[], country: Country | undefined, expected: string[]]>([
    ['6465550101', ['e164', 'national'], 'US', ['+16465550101']],
    ['6465550101', ['e164', 'digits'], 'US', ['+6465550101']],
    ['6465550101', ['digits', 'national'], 'US', ['+16465550101', '+6465550101']],
    ['6465550101', ['e164'], 'US', []],
    ['6465550101', ['national'], undefined, []],
    ['14155550123', ['digits', 'national'], 'US', ['+14155550123']],
    // As +612345678 it has a possible length, and is nobody's.
    ['612345678', ['digits', 'national'], 'FR', ['+33612345678']],
    ['+64 6555 0101', ['national'], 'US', ['+6465550101']],
    ['0064 6555 0101', ['e164'], undefined, ['+6465550101']],
    ['', ['e164', 'digits', 'national'], 'US', []],
  ])('reads %p in the formats %p of %p', (stored, phoneFormats, defaultCountry, expected) => {
    expect(readPhones(stored, { phoneFormats, defaultCountry })).toEqual(expected);
  });
});

describe('Country', () => {
  it('accepts an ISO code in either case, and nothing else', () => {
    expect(Country.parse('fr')).toBe('FR');
    expect(Country.safeParse('France').success).toBe(false);
    expect(Country.safeParse('XX').success).toBe(false);
  });
});
