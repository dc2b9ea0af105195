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

it('has no format to propose for what is no phone number', () => {
  const [, finding] = checkSpellings(census('ask Ann'), settings(['e164']));
  expect(finding).toMatchObject({ what: expect.stringContaining('1 as something else') as string });
  expect(finding?.command).toBeUndefined();
});

it('says how far it counted', () => {
  const [finding] = checkSpellings(census('+14155550102'), settings(['e164']));
  expect(finding?.what).toContain('1 people have the attribute phone, at least 3 do not');
});
