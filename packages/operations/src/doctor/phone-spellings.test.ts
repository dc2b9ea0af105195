import fc from 'fast-check';
import { E164, phoneSpellings, type PhoneFormat } from '@optout-sync/shared/domain';
import { checkSpellings } from './phone-spellings';

const settings = (phoneFormats: readonly PhoneFormat[], defaultCountry?: 'US') => ({
  configuredAs: 'default',
  phoneAttribute: 'phone',
  phoneFormats,
  defaultCountry,
});
const count = (number: number, atLeast = false) => ({ count: number, atLeast });
const census = (...values: string[]) => ({ having: count(values.length), lacking: count(3, true), values });

it('finds every spelling that the search looks for', () => {
  const phone = fc.integer({ min: 2_000_000, max: 9_999_999 }).map((n) => E164.parse(`+1415${String(n)}`));
  const all = settings(['e164', 'digits', 'national'], 'US');
  fc.assert(
    fc.property(phone, (number) => {
      const findings = checkSpellings(census(...phoneSpellings(number, all)), all);
      return findings.every(({ level }) => level === 'ok');
    }),
  );
});

it.each([
  ['14155550101', 'e164,digits'],
  ['(415) 555-0101', 'e164,national DEFAULT_COUNTRY=<country>'],
  ['415-555-0101', 'e164,national DEFAULT_COUNTRY=<country>'],
])('proposes the format of %s', (value, formats) => {
  const [, finding] = checkSpellings(census('+14155550102', value), settings(['e164']));
  expect(finding).toMatchObject({
    code: 'phone_spelling_unsearched',
    command: `CUSTOMERIO_PHONE_FORMATS=${formats}`,
  });
  expect(JSON.stringify(finding)).not.toContain(value);
});

it.each([
  ['4155550101', ['e164', 'digits'], undefined, 'e164,digits,national DEFAULT_COUNTRY=<country>'],
  ['4155550101', ['digits'], 'US', 'digits,national'],
  ['(415) 555-0101', ['e164', 'digits'], undefined, 'e164,digits,national DEFAULT_COUNTRY=<country>'],
] as const)(
  'takes no %s for a number with its country code under %j',
  (value, formats, country, proposed) => {
    const [, finding] = checkSpellings(census(value, value), settings(formats, country));
    expect(finding).toMatchObject({
      code: 'phone_spelling_unsearched',
      what: expect.stringContaining('2 are not searched for: 2 as (415) 555-0123 (national)') as string,
      command: `CUSTOMERIO_PHONE_FORMATS=${proposed}`,
    });
  },
);

it.each([
  ['5550101', ['e164', 'national']],
  ['+4155550101', ['e164']],
  ['+1 (415) 555-0101', ['e164', 'digits', 'national']],
  ['5550101', ['e164', 'digits']],
] as const)('finds nobody by %s under %j, which is no number', (value, formats) => {
  const [, finding] = checkSpellings(census(value), settings(formats, 'US'));
  expect(finding).toMatchObject({
    code: 'phone_spelling_unsearched',
    what: expect.stringContaining('1 as something else') as string,
  });
});

it.each([
  ['(787) 555-0123', ['national']],
  ['4165552001', ['national']],
  ['6465550101', ['digits']],
  ['5215512345678', ['digits']],
  ['+22997123456', ['e164']],
] as const)('finds %s under %j', (value, formats) => {
  const [, finding] = checkSpellings(census(value), settings(formats, 'US'));
  expect(finding).toMatchObject({ level: 'ok' });
});

it('has no format to propose for what is no phone number', () => {
  const [, finding] = checkSpellings(census('ask Ann'), settings(['e164']));
  expect(finding).toMatchObject({ what: expect.stringContaining('1 as something else') as string });
  expect(finding?.command).toBeUndefined();
});

it('says how far it counted', () => {
  const [finding] = checkSpellings(census('+14155550102'), settings(['e164']));
  expect(finding?.what).toContain('1 people have the attribute phone, at least 3 do not');
});
