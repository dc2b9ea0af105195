import { newProbe, probeSentAt, proofOf } from './probe';

const TOKEN = '0123456789abcdef0123456789abcdef';
const NOW = Date.parse('2026-03-01T10:00:00Z');

it('names the time at which it was sent', () => {
  expect(probeSentAt(newProbe(NOW))).toBe(NOW);
  expect(probeSentAt('STOP')).toBeUndefined();
  expect(probeSentAt(`${newProbe(NOW)}.1`)).toBeUndefined();
});

it('is another one each time, with a proof that only the token makes', () => {
  const [one, two] = [newProbe(NOW), newProbe(NOW)];
  expect(one).not.toBe(two);
  expect(proofOf(one, TOKEN)).toBe(proofOf(one, TOKEN));
  expect(proofOf(one, TOKEN)).not.toBe(proofOf(two, TOKEN));
  expect(proofOf(one, TOKEN)).not.toBe(proofOf(one, 'f'.repeat(32)));
});
