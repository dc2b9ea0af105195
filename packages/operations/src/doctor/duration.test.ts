import { duration } from './duration';

it.each([
  [-5, '0 s'],
  [42_400, '42 s'],
  [60_000, '1 min'],
  [5_400_000, '2 h'],
  [3 * 86_400_000, '3 d'],
])('%d ms are %s', (ms, text) => {
  expect(duration(ms)).toBe(text);
});
