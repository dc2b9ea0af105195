import fc from 'fast-check';
import { stopEvent } from '../test-support/samples';
import { LiveStopTally } from './live-stop-tally';
import { encode } from './spooled-batch';

const NOW = 1_772_000_000_000;
const tally = () => new LiveStopTally((account) => (account === 'AC-unknown' ? undefined : `of ${account}`));
const item = (...changes: Partial<ReturnType<typeof stopEvent>>[]) =>
  encode({ at: NOW, batch: { events: changes.map((change) => ({ ...stopEvent(), ...change })) } });

describe('the tally of live opt-outs in the spool', () => {
  it('counts opt-outs that people send now, by workspace', () => {
    const counted = tally();
    counted.add(
      item({ accountSid: 'AC1', receivedAt: NOW - 70_000 }, { accountSid: 'AC2', receivedAt: NOW }),
    );
    counted.add(item({ accountSid: 'AC1', kind: 'start' }, { accountSid: 'AC1', source: 'backfill' }));
    counted.add(item({ accountSid: 'AC-unknown' }));
    counted.add('{"version":9}');
    counted.add('not JSON');
    expect([...counted.count(NOW)].map(([workspace, { count, late }]) => [workspace, count, late])).toEqual([
      ['of AC1', 1, 1],
      ['of AC2', 1, 0],
    ]);
  });

  it('counts a large batch as one of each workspace whose account signed it, since nobody knows what it holds', () => {
    const counted = tally();
    const batches = [{ receivedAt: NOW - 90_000, signedBy: ['AC1', 'AC2', 'AC1'] }];
    const text = JSON.stringify({ version: 3, at: NOW, bundle: { batches } });
    counted.add(text);
    expect([...counted.count(NOW)].map(([workspace, { count, late }]) => [workspace, count, late])).toEqual([
      ['of AC1', 1, 1],
      ['of AC2', 1, 1],
    ]);
    counted.remove(text);
    expect(counted.count(NOW).get('of AC1')?.count).toBe(0);
  });

  it('holds after any additions and removals what a count of the rest gives, to a second', () => {
    const ages = fc.array(fc.integer({ min: 0, max: 300_000 }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(ages, fc.nat(30), (all, removed) => {
        const counted = tally();
        const items = all.map((age) => item({ accountSid: 'AC1', receivedAt: NOW - age }));
        for (const text of items) counted.add(text);
        for (const text of items.slice(0, removed)) counted.remove(text);
        const rest = all.slice(removed);
        const { count = 0, late = 0, oldest = NOW } = counted.count(NOW).get('of AC1') ?? {};
        expect(count).toBe(rest.length);
        expect(late).toBeLessThanOrEqual(rest.filter((age) => age > 60_000).length);
        expect(late).toBeGreaterThanOrEqual(rest.filter((age) => age > 61_000).length);
        expect(Math.abs(NOW - oldest - Math.max(0, ...rest))).toBeLessThan(1_000);
      }),
      { numRuns: 100 },
    );
  });
});
