import { parseDuration, parseTime } from './time-text';

const NOW = Date.parse('2026-02-25T10:00:00Z');

describe('parseTime', () => {
  it.each([
    ['2026-02-25', '2026-02-25T00:00:00Z'],
    ['2026-02-25T09:59:58Z', '2026-02-25T09:59:58Z'],
    ['2026-02-25T09:59+01:00', '2026-02-25T08:59:00Z'],
    ['30m', '2026-02-25T09:30:00Z'],
    ['7d', '2026-02-18T10:00:00Z'],
  ])('reads %s', (text, expected) => {
    expect(parseTime(text, NOW)).toBe(Date.parse(expected));
  });

  it.each([['2026-02-25T09:59:58'], ['2026-13-01'], ['yesterday'], ['7'], [''], ['-1d']])(
    'reads nothing into %j',
    (text) => {
      expect(parseTime(text, NOW)).toBeUndefined();
    },
  );
});

describe('parseDuration', () => {
  it('reads a number with its unit, in ms', () => {
    expect(['30s', '2m', '1h', '90d', '1w'].map(parseDuration)).toEqual([
      30_000, 120_000, 3_600_000, 7_776_000_000, 604_800_000,
    ]);
    expect(parseDuration('30 s')).toBeUndefined();
  });
});
