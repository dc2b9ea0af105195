import fc from 'fast-check';
import { ConditionLimit, divideBySize } from './condition-limit';

const MINUTE = 60_000;

describe('ConditionLimit', () => {
  it('is what is configured, until a search is rejected for its size', () => {
    const limit = new ConditionLimit(100, () => 0);
    expect(limit.max).toBe(100);
    limit.learn(12);
    expect(limit.max).toBe(12);
  });

  it('doubles every ten minutes without a rejection, up to what is configured', () => {
    let now = 0;
    const limit = new ConditionLimit(100, () => now);
    limit.learn(12);
    const maxAfter = (minutes: number): number => {
      now = minutes * MINUTE;
      return limit.max;
    };
    expect([9, 10, 20, 30, 40].map(maxAfter)).toEqual([12, 24, 48, 96, 100]);
  });

  it('doubles as often after a long silence as without one', () => {
    let now = 0;
    const limit = new ConditionLimit(100, () => now);
    limit.learn(12);
    now = 25 * MINUTE;
    expect(limit.max).toBe(48);
  });

  it('lets a search of one condition pass, whatever was accepted', () => {
    const limit = new ConditionLimit(100, () => 0);
    limit.learn(0);
    expect(limit.max).toBe(1);
  });
});

describe('divideBySize', () => {
  it('keeps all items in their order, in parts that are as large as allowed', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 50 });
    fc.assert(
      fc.property(sizes, fc.integer({ min: 1, max: 20 }), (items, max) => {
        const parts = divideBySize(items, max, (size) => size);
        const sizeOf = (part: readonly number[]): number => part.reduce((sum, size) => sum + size, 0);
        expect(parts.flat()).toEqual(items);
        for (const [n, part] of parts.entries()) {
          if (part.length > 1) expect(sizeOf(part)).toBeLessThanOrEqual(max);
          const next = parts[n + 1]?.[0];
          if (next !== undefined) expect(sizeOf(part) + next).toBeGreaterThan(max);
        }
      }),
    );
  });
});
