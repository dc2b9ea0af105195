import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { NUMBERING_PLANS, canonicalSpelling, otherSpelling } from './numbering-plans';

/** The canonical number, the other spelling, and what is at the same place in the plan but is nobody else's twin. */
const TWINS: readonly [country: string, canonical: string, other: string][] = [
  ['Mexico', '+525512345678', '+5215512345678'],
  ['Mexico, Monterrey', '+528112345678', '+5218112345678'],
  ['Argentina, Buenos Aires', '+5491123456789', '+541123456789'],
  ['Argentina, Córdoba', '+5493511234567', '+543511234567'],
  ['Brazil, São Paulo', '+5511987654321', '+551187654321'],
  ['Brazil, Porto Alegre', '+5551961234567', '+555161234567'],
  ['Ivory Coast, Moov', '+2250101020304', '+22501020304'],
  ['Ivory Coast, Moov', '+2250140020304', '+22540020304'],
  ['Ivory Coast, MTN', '+2250505020304', '+22505020304'],
  ['Ivory Coast, MTN', '+2250564020304', '+22564020304'],
  ['Ivory Coast, Orange', '+2250707123456', '+22507123456'],
  ['Ivory Coast, Orange', '+2250789123456', '+22589123456'],
  ['Benin', '+2290197123456', '+22997123456'],
];

/** Numbers with one spelling, among them what only looks like a twin. */
const SINGLE: readonly [what: string, phone: string][] = [
  ['United States', '+14155550123'],
  ['Canada', '+14165550123'],
  ['United Kingdom', '+447700900123'],
  ['France', '+33612345678'],
  ['Spain', '+34612345678'],
  ['Germany', '+4915112345678'],
  ['Italy, whose leading 0 is part of the number', '+390612345678'],
  ['India', '+919876543210'],
  ['Colombia', '+573001234567'],
  ['Peru', '+51987654321'],
  ['Nigeria', '+2348012345678'],
  ['a landline in Brazil', '+551134567890'],
  ['a Brazilian mobile whose last eight digits are a landline', '+5511934567890'],
  ['a landline in the Ivory Coast', '+2252722123456'],
  ['an Argentine number without an area code of 1, 2 or 3', '+548001234567'],
  ['a Mexican number that is too short', '+52551234567'],
  ['a Mexican number that is too long', '+52155123456789'],
];

describe('numbering plans', () => {
  it.each(TWINS)('%s: %s is also %s, both ways', (_, canonical, other) => {
    expect(canonicalSpelling(other)).toBe(canonical);
    expect(canonicalSpelling(canonical)).toBe(canonical);
    expect(otherSpelling(canonical)).toBe(other);
  });

  it.each(SINGLE)('%s: %s has one spelling', (_, phone) => {
    expect(canonicalSpelling(phone)).toBe(phone);
    expect(otherSpelling(phone)).toBeUndefined();
  });

  it('gives a rule and a source for each country', () => {
    for (const { rule, source } of NUMBERING_PLANS) {
      expect(rule).not.toBe('');
      expect(new URL(source).protocol).toBe('https:');
    }
    expect(NUMBERING_PLANS.map(({ country }) => country)).toEqual(['MX', 'AR', 'BR', 'CI', 'BJ']);
  });

  it('is documented row by row', () => {
    const text = readFileSync(join(__dirname, '../../../../docs/phone-numbers.md'), 'utf8');
    const docs = text.replaceAll(/ +/g, ' ');
    for (const { source } of NUMBERING_PLANS) expect(docs).toContain(`(${source})`);
    for (const row of TWINS) expect(docs).toContain(`| ${row[0]} | \`${row[1]}\` | \`${row[2]}\` |`);
  });

  /** Numbers of the countries of the table, of every length that E.164 allows. */
  const number = fc
    .tuple(
      fc.constantFrom(
        '521',
        '52',
        '549',
        '54',
        '55',
        '5511',
        '55119',
        '225',
        '22501',
        '22507',
        '229',
        '1',
        '33',
      ),
      fc.stringMatching(/^\d{6,11}$/),
    )
    .map(([prefix, rest]) => `+${prefix}${rest}`)
    .filter((phone) => /^\+[1-9]\d{6,14}$/.test(phone));

  it('has a canonical spelling that is its own canonical spelling', () => {
    fc.assert(
      fc.property(number, (phone) => {
        const canonical = canonicalSpelling(phone);
        expect(canonicalSpelling(canonical)).toBe(canonical);
        expect(canonical).toMatch(/^\+[1-9]\d{6,14}$/);
      }),
      { numRuns: 2_000 },
    );
  });

  it('is symmetric: whatever is another spelling of a number is that number in its other spelling', () => {
    fc.assert(
      fc.property(number, (phone) => {
        const canonical = canonicalSpelling(phone);
        const other = otherSpelling(canonical);
        if (phone !== canonical) expect(other).toBe(phone);
        if (other !== undefined) expect(canonicalSpelling(other)).toBe(canonical);
      }),
      { numRuns: 2_000 },
    );
  });
});
