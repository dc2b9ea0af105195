import fc from 'fast-check';
import { E164 } from '../domain/phone';
import { MAX_SHARDS } from '../config/redis-config';
import { shardOf, shardPrefix } from './shard';

const phone = fc
  .integer({ min: 10_000_000, max: 999_999_999_999 })
  .map((n) => E164.parse(`+1${String(n).slice(0, 10)}`));
const shards = fc.integer({ min: 1, max: MAX_SHARDS });

describe('shardOf', () => {
  it('returns one of the shards, the same each time', () => {
    fc.assert(
      fc.property(phone, shards, (one, count) => {
        const shard = shardOf(one, count);
        expect(shard).toBe(shardOf(E164.parse(String(one)), count));
        expect(Number.isInteger(shard) && shard >= 0 && shard < count).toBe(true);
      }),
    );
  });

  // Processes of different versions share the queues. Another hash would put a phone on two shards.
  it.each([
    ['+14155550123', 3, 0],
    ['+14155550123', 64, 52],
    ['+447700900123', 6, 5],
  ])('maps %s among %d shards to %d in every version', (one, count, shard) => {
    expect(shardOf(E164.parse(one), count)).toBe(shard);
  });

  it('spreads phones evenly, including consecutive numbers', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2_000_000_000, max: 9_000_000_000 }), shards, (start, count) => {
        const expected = 200;
        const counts = new Array<number>(count).fill(0);
        for (let n = 0; n < expected * count; n++) {
          const shard = shardOf(`+1${String(start + n)}` as E164, count);
          counts[shard] = (counts[shard] ?? 0) + 1;
        }
        // Six standard deviations of a fair draw.
        const bound = 6 * Math.sqrt(expected);
        expect(Math.max(...counts.map((one) => Math.abs(one - expected)))).toBeLessThan(bound);
      }),
      { numRuns: 20 },
    );
  });
});

describe('shardPrefix', () => {
  it('returns the prefix itself for the first shard', () => {
    expect([shardPrefix('optout', 0), shardPrefix('{optout}', 0)]).toEqual(['optout', '{optout}']);
  });

  it('gives every other shard its own slot in a cluster', () => {
    expect([shardPrefix('optout', 12), shardPrefix('{optout}', 12)]).toEqual(['optout:12', '{optout:12}']);
  });
});
