import { retention, retentionWarnings } from './retention';

const DAY_MS = 86_400_000;

describe('RETENTION', () => {
  it.each([
    ['10y', 3_660],
    ['400d', 400],
    ['4000d', 4_000],
  ])('%s is %d days', (text, days) => {
    expect(retention.parse(text)).toBe(days * DAY_MS);
  });

  it.each(['399d', '1y', '0y', '10', '10 y', '-10y', '1.5y', '10Y', '120m', 'off', ''])(
    'is not %p',
    (text) => {
      expect(retention.safeParse(text).error?.issues.map(({ message }) => message)).toEqual([
        expect.stringContaining('400 days at least'),
      ]);
    },
  );

  it('is warned of below ten years, in which an opt-out holds by law', () => {
    expect(retentionWarnings(retention.parse('9y'), DAY_MS)).toEqual([
      expect.stringMatching(/shorter than 10 years.*Virginia/),
    ]);
    expect(retentionWarnings(retention.parse('10y'), DAY_MS)).toEqual([]);
    expect(retentionWarnings(undefined, undefined)).toEqual([]);
  });

  it('is warned of where no sweep runs, which would carry it out', () => {
    expect(retentionWarnings(retention.parse('10y'), undefined)).toEqual([
      expect.stringContaining('RECONCILE_PERIOD=off'),
    ]);
  });
});
