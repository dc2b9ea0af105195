import { createRegistry } from '../service/registry';
import type { LiveStops } from './live-stops';
import { registerUnappliedGauges } from './unapplied-gauges';
import { UnappliedReader } from './unapplied-reader';

const stops = (count: number, late: number, oldest?: number): LiveStops => ({ count, late, oldest });

describe('the gauges of what Customer.io does not hold', () => {
  let now = 100_000;
  let inQueue: LiveStops;
  let inLedger: LiveStops;
  let unparsed: LiveStops;
  let inSpool: LiveStops | undefined;
  let isDown: boolean;
  let samples: () => Promise<Record<string, number>>;
  beforeEach(() => {
    now = 100_000;
    inQueue = inLedger = unparsed = stops(0, 0);
    inSpool = undefined;
    isDown = false;
    const answer = <Value>(value: Value) =>
      isDown ? Promise.reject(new Error('down')) : Promise.resolve(value);
    const reader = new UnappliedReader(['one'], { countLiveStops: () => answer(inLedger) }, () => ({
      inbound: { read: () => answer({ liveStops: new Map([['one', inQueue]]), unassigned: 3 }) },
      batches: { read: () => answer(new Map([['one', unparsed]])) },
    }));
    const registry = createRegistry('test');
    registerUnappliedGauges(registry, {
      workspaces: ['one'],
      reader,
      inSpool: () => new Map(inSpool ? [['one', inSpool]] : []),
      now: () => now,
    });
    samples = async () => {
      const lines = (await registry.metrics()).match(/^optout_\w+{.*workspace="one".*$/gm) ?? [];
      return Object.fromEntries<number>(
        lines.map((line) => [
          (line.split('{')[0] ?? '').replace('optout_', ''),
          Number(line.split(' ').at(-1)),
        ]),
      );
    };
  });

  /** The spool is known also while Redis does not answer. */
  const spooled = (count: number, late = 0) => ({ unapplied_spooled: count, unapplied_late_spooled: late });

  it('are 0 while nothing waits', async () => {
    expect(await samples()).toEqual({
      oldest_unapplied_seconds: 0,
      unapplied: 0,
      unapplied_late: 0,
      ...spooled(0),
    });
  });

  it('sum up the spool, the queues and the ledger, and show the oldest of all', async () => {
    inQueue = stops(2, 1, 30_000);
    inLedger = stops(3, 1, 20_000);
    unparsed = stops(1, 1, 25_000);
    inSpool = stops(4, 1, 90_000);
    expect(await samples()).toEqual({
      oldest_unapplied_seconds: 80,
      unapplied: 10,
      unapplied_late: 4,
      ...spooled(4, 1),
    });
  });

  it('keep what waited at the last answer while Redis is away: it ages, and becomes late', async () => {
    inLedger = stops(3, 1, 20_000);
    await samples();
    isDown = true;
    now = 110_000;
    expect(await samples()).toEqual({
      oldest_unapplied_seconds: 90,
      unapplied: 3,
      unapplied_late: 1,
      ...spooled(0),
    });
    inSpool = stops(1, 0, 150_000);
    now = 160_000;
    expect(await samples()).toEqual({
      oldest_unapplied_seconds: 140,
      unapplied: 4,
      unapplied_late: 3,
      ...spooled(1),
    });
  });

  it('show what the spool holds although Redis has never answered, and nothing where it holds nothing', async () => {
    isDown = true;
    expect(await samples()).toEqual(spooled(0));
    inSpool = stops(1, 0, 90_000);
    expect(await samples()).toEqual({
      oldest_unapplied_seconds: 10,
      unapplied: 1,
      unapplied_late: 0,
      ...spooled(1),
    });
  });
});
