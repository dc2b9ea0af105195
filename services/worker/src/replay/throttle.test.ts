import { Throttle } from './throttle';

describe('Pace', () => {
  let now = 0;
  beforeEach(() => {
    now = 5_000;
  });

  it('lets as many go as are asked for without a rate', () => {
    expect(new Throttle(undefined).due(100)).toEqual({ count: 100, waitMs: 0 });
  });

  it('keeps to the rate over any time', () => {
    const pace = new Throttle(10, () => now);
    let gone = 0;
    for (const end = now + 10_000; now < end; now += 7) {
      const { count } = pace.due(100);
      pace.took(count);
      gone += count;
    }
    expect(gone).toBeGreaterThanOrEqual(100);
    expect(gone).toBeLessThanOrEqual(101);
  });

  it('says how long to wait, a second at most so that a cancelled run is noticed', () => {
    const pace = new Throttle(2, () => now);
    pace.took(pace.due(100).count);
    expect(pace.due(100)).toEqual({ count: 0, waitMs: 500 });
    const slow = new Throttle(0.1, () => now);
    slow.took(slow.due(100).count);
    expect(slow.due(100)).toEqual({ count: 0, waitMs: 1_000 });
  });
});
