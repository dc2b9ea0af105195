import type { Observed } from './observe';
import { asExpected, resultTable } from './result-table';
import { SAMPLES, type Sample } from './samples';

/** A delivery of the first sample that went as it must. */
const sample = SAMPLES[0] as Sample;
const fine: Observed = {
  delivery: { sample, sid: 'SM1', status: sample.status },
  fate: sample.fate,
  attributes: Array.from({ length: sample.people }, () => sample.attribute),
};

test('what went as its sample says is as expected', () => {
  expect(asExpected(fine)).toBe(true);
  expect(resultTable([fine])).toMatch(/200.*applied.*true \(3 people\).*ok/);
});

test.each<[string, Partial<Observed>]>([
  ['another answer', { delivery: { ...fine.delivery, status: 500 } }],
  ['another outcome', { fate: 'pending' }],
  ['one of the sharers left out', { attributes: [true, true, undefined] }],
  ['a person too many', { attributes: [true, true, true, true] }],
])('%s is not, and the table says what was expected', (_, change) => {
  const observed = { ...fine, ...change };
  expect(asExpected(observed)).toBe(false);
  expect(resultTable([observed])).toContain('expected 200, applied, true');
});
