import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FOLDERS } from '../folders';
import type { Observed } from './observe';
import { asExpected, resultTable } from './result-table';
import { SAMPLES, type Sample } from './samples';

/** A delivery that went as it must. */
const fineOf = (sample: Sample): Observed => ({
  delivery: { sample, sid: 'SM1', status: sample.status },
  fate: sample.fate,
  attributes: Array.from({ length: sample.people }, () => sample.attribute),
});
const fine = fineOf(SAMPLES[0] as Sample);

test('the README shows the table as it is printed', () => {
  const readme = readFileSync(join(FOLDERS.root, 'README.md'), 'utf8');
  expect(readme).toContain(`\n${resultTable(SAMPLES.map(fineOf))}\n`);
});

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
