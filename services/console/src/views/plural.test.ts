import { plural } from './plural';

it.each([
  [0, '0 entries are'],
  [1, '1 entry is'],
  [1_200, '1,200 entries are'],
])('a count of %i is told as %p', (count, told) => {
  expect(plural(count, 'entry is', 'entries are')).toBe(told);
});
