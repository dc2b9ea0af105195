import type { Recorded } from '@optout-sync/shared/ledger';
import { CountOnce } from './count-once';

const recorded = (result: Recorded['result'], repeats?: Recorded['repeats']): Recorded => ({
  result,
  version: 1,
  needsSync: false,
  confirms: false,
  superseded: [],
  ...(repeats !== undefined && { repeats }),
});
const first = { id: 'b1', isRepeated: false };
const again = { id: 'b1', isRepeated: true };

describe('an event', () => {
  it.each(['recorded', 'applied', 'duplicate', 'stale', 'ignored'] as const)(
    'that another worker has not recorded counts as %s, once for all attempts of its job here',
    (result) => {
      const countOnce = new CountOnce();
      expect(countOnce.begin(first)(0, recorded(result))).toBe(result);
      expect(countOnce.begin(again)(0, recorded(result))).toBeUndefined();
      expect(countOnce.begin(again)(1, recorded(result))).toBe(result);
    },
  );

  it.each(['pending', 'applied', 'no_match', 'dead_lettered'] as const)(
    'that an earlier attempt recorded is counted by its sync when it is %s',
    (repeats) => {
      expect(new CountOnce().begin(again)(0, recorded('duplicate', repeats))).toBeUndefined();
    },
  );

  it.each(['ignored', 'stale'] as const)(
    'that a worker recorded as %s before it died counts as that',
    (repeats) => {
      expect(new CountOnce().begin(again)(0, recorded('duplicate', repeats))).toBe(repeats);
    },
  );

  it('that another job with the same delivery recorded is counted by that one', () => {
    expect(new CountOnce().begin(first)(0, recorded('duplicate', 'ignored'))).toBeUndefined();
  });

  it('counts again when it is delivered again in a job of the same id', () => {
    const countOnce = new CountOnce();
    expect(countOnce.begin(first)(0, recorded('recorded'))).toBe('recorded');
    expect(countOnce.begin(first)(0, recorded('duplicate'))).toBe('duplicate');
  });

  it('is remembered for the last 1,000 jobs', () => {
    const countOnce = new CountOnce();
    countOnce.begin(first)(0, recorded('duplicate'));
    for (let n = 0; n < 1_000; n++) countOnce.begin({ id: String(n), isRepeated: false });
    expect(countOnce.begin(again)(0, recorded('duplicate'))).toBe('duplicate');
    expect(countOnce.begin({ id: '999', isRepeated: true })(0, recorded('duplicate'))).toBe('duplicate');
  });
});
