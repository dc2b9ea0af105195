import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FOLDERS } from '../config/folders';
import type { Observed } from './observe';
import { asExpected, resultTable } from './result-table';
import { SAMPLES, type Sample } from './samples';

/** A delivery with the expected outcome. */
const fineOf = (sample: Sample): Observed => ({
  delivery: { sample, sid: 'SM1', status: sample.status },
  outcome: sample.outcome,
  attributes: Array.from({ length: sample.people }, () => sample.attribute),
});
const fine = fineOf(SAMPLES[0] as Sample);

test('the README shows the table that is printed', () => {
  const readme = readFileSync(join(FOLDERS.root, 'README.md'), 'utf8');
  expect(readme).toContain(`\n${resultTable(SAMPLES.map(fineOf))}\n`);
});

test("an outcome that equals the sample's is as expected", () => {
  expect(asExpected(fine)).toBe(true);
  expect(resultTable([fine])).toMatch(/200.*applied.*true \(3 people\).*ok/);
});

test.each<[string, Partial<Observed>]>([
  ['another HTTP status', { delivery: { ...fine.delivery, status: 500 } }],
  ['another outcome', { outcome: 'pending' }],
  ['a person with the number left out', { attributes: [true, true, undefined] }],
  ['one person too many', { attributes: [true, true, true, true] }],
])('%s is not as expected, and the table shows the expected values', (_, change) => {
  const observed = { ...fine, ...change };
  expect(asExpected(observed)).toBe(false);
  expect(resultTable([observed])).toContain('expected 200, applied, true');
});
