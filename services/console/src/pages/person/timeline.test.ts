import fc from 'fast-check';
import type { LedgerEntry } from '@optout-sync/shared/ledger';
import { timelineOf } from './timeline';

const NOTHING = { history: [], versions: [], laterWrites: [] } as unknown as LedgerEntry;
const NO_MORE = { findings: [], sentAfter: [] };
const entryOf = (messageTimes: readonly number[], writeTimes: readonly number[]): LedgerEntry => ({
  ...NOTHING,
  history: messageTimes.map((occurredAt) => ({ occurredAt })) as unknown as LedgerEntry['history'],
  versions: writeTimes.map((appliedAt) => ({ appliedAt })) as unknown as LedgerEntry['versions'],
});

describe('timelineOf', () => {
  it('has everything once, the latest first, whatever the times are', () => {
    const times = fc.array(fc.oneof(fc.integer(), fc.constant(NaN), fc.constant(Infinity)));
    fc.assert(
      fc.property(times, times, (messages, writes) => {
        const moments = timelineOf(entryOf(messages, writes), NO_MORE);
        expect(moments).toHaveLength(messages.length + writes.length);
        const known = moments.map(({ at }) => at).filter(Number.isFinite);
        expect(known).toEqual(known.toSorted((a, b) => b - a));
      }),
    );
  });

  it('leaves out a version that Customer.io does not hold', () => {
    const versions = [{ version: 1 }] as unknown as LedgerEntry['versions'];
    expect(timelineOf({ ...NOTHING, versions }, NO_MORE)).toEqual([]);
  });
});
