import { Throttle } from './throttle';

describe('Throttle', () => {
  let now = 0;
  beforeEach(() => {
    now = 5_000;
  });

  it('does not limit without a rate', () => {
    expect(new Throttle(undefined).due(100)).toEqual({ count: 100, waitMs: 0 });
  });

  it('keeps to the rate over any time', () => {
    const throttle = new Throttle(10, () => now);
    let replayed = 0;
    for (const end = now + 10_000; now < end; now += 7) {
      const { count } = throttle.due(100);
      throttle.record(count);
      replayed += count;
    }
    expect(replayed).toBeGreaterThanOrEqual(100);
    expect(replayed).toBeLessThanOrEqual(101);
  });

  it('returns how long to wait, at most a second so that a cancelled run is detected', () => {
    const throttle = new Throttle(2, () => now);
    throttle.record(throttle.due(100).count);
    expect(throttle.due(100)).toEqual({ count: 0, waitMs: 500 });
    const slow = new Throttle(0.1, () => now);
    slow.record(slow.due(100).count);
    expect(slow.due(100)).toEqual({ count: 0, waitMs: 1_000 });
  });
});
