import { toBatches } from '@optout-sync/shared/queues';
import { stopEvent as stop } from '../test-support/samples';
import { UncertainBatches } from './uncertain-batches';

const events = (count: number) => Array.from({ length: count }, stop);

describe('a batch that Redis may have', () => {
  it('is returned whole with any of its events, and again with its others', () => {
    const uncertain = new UncertainBatches();
    const [first, second] = toBatches(events(60));
    uncertain.add([first!, second!]);
    const other = stop();
    const [a, b] = first!.events;
    expect(uncertain.take([a!, other])).toEqual({ batches: [first], others: [other], uncounted: [a] });
    expect(uncertain.take([a!])).toEqual({ batches: [], others: [a], uncounted: [] });
    expect(uncertain.take([b!, ...second!.events])).toEqual({
      batches: [first, second],
      others: [],
      uncounted: [b, ...second!.events],
    });
  });

  it('is not counted again where the add succeeded late', () => {
    const uncertain = new UncertainBatches();
    const batches = toBatches(events(2));
    uncertain.add(batches, { isCounted: true });
    expect(uncertain.take(batches[0]!.events)).toEqual({ batches, others: [], uncounted: [] });
  });

  it('is not that of a later delivery of its message', () => {
    const uncertain = new UncertainBatches();
    const event = stop();
    uncertain.add(toBatches([event]));
    const later = { ...event, receivedAt: event.receivedAt + 1 };
    expect(uncertain.take([later])).toEqual({ batches: [], others: [later], uncounted: [] });
  });

  it('is remembered for 10,000 later events', () => {
    const uncertain = new UncertainBatches();
    const [first, second] = [toBatches(events(50)), toBatches(events(10_000))];
    uncertain.add(first);
    uncertain.add(second);
    expect(uncertain.take(first[0]!.events).batches).toEqual([]);
    expect(uncertain.take(second[0]!.events).batches).toEqual([second[0]]);
  });
});
