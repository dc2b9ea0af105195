import { tickInterval } from './axis';
import { formatValue } from './format-value';

describe('an axis', () => {
  it.each([
    [300, 's', '2 min'],
    [90, 's', '30 s'],
    [0.9, 's', '500 ms'],
    [190 * 2 ** 20, 'bytes', '50 MiB'],
    [1, 'percentunit', '50 %'],
    [0.00003, 'percentunit', '0.001 %'],
    [3, 'short', '1'],
    [260, 'short', '100'],
    [0.7, 'reqps', '0.2/s'],
  ])('up to %d %s has a tick each %s', (most, unit, expected) => {
    expect(formatValue(tickInterval(most, unit), unit)).toBe(expected);
  });
});
