import fc from 'fast-check';
import { RESTART_POLICY, restartDelay } from './restart-policy';

const { mostDeaths, windowMs, firstDelayMs } = RESTART_POLICY;

test('the delay doubles with each death, and the fifth within a minute is the last', () => {
  const deaths = [0, 1_000, 2_000, 3_000, 59_999];
  const delays = deaths.map((_, index) => restartDelay(deaths.slice(0, index + 1)));
  expect(delays).toEqual([1_000, 2_000, 4_000, 8_000, undefined]);
});

test('a part is given up exactly when it has died five times within a minute', () => {
  const gaps = fc.array(fc.integer({ min: 0, max: windowMs }), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(gaps, (between) => {
      let now = 0;
      const deaths = between.map((gap) => (now += gap));
      const isOften = deaths.length >= mostDeaths && now - (deaths.at(-mostDeaths) ?? 0) < windowMs;
      const delay = restartDelay(deaths);
      expect(delay === undefined).toBe(isOften);
      if (delay === undefined) return;
      expect(delay).toBeGreaterThanOrEqual(firstDelayMs);
      expect(delay).toBeLessThanOrEqual(firstDelayMs * 2 ** (mostDeaths - 2));
    }),
  );
});
