import { waitFor } from '@optout-sync/local-runtime/process';
import { inboundEvent, startHarness, type Harness } from './test-support/worker-harness';

jest.setTimeout(180_000);

const HOUR = 3_600_000;
let harness: Harness;
beforeEach(async () => {
  harness = await startHarness();
});
afterEach(() => harness.stop());

let phones = 0;
const freshPhone = (attributes: Record<string, unknown> = {}): string => {
  const phone = `+1415555${String(1_300 + phones++)}`;
  harness.sandbox.workspace().addPerson({ attributes: { phone, ...attributes } });
  return phone;
};
/** An hour ago, to the second. */
const secondAgo = (): number => Math.floor(Date.now() / 1_000) * 1_000 - HOUR;
const at = (occurredAt: number) => ({ occurredAt, receivedAt: occurredAt });
const holds = (phone: string, value: unknown) =>
  waitFor(() => harness.attribute(phone)[0] === value, { what: `the attribute ${String(value)}` });

describe('the order of messages', () => {
  it('gives a STOP of the log the last word over a START that was sent before it and arrived after it', async () => {
    const phone = freshPhone();
    const second = secondAgo();
    const start = inboundEvent(phone, { kind: 'start', ...at(second + 2_300) });
    await harness.enqueue(start);
    await harness.settled(phone);
    // A backfill sends both: the STOP is missing, and the START is known by its arrival only.
    await harness.enqueue(inboundEvent(phone, { source: 'backfill', ...at(second + 1_000) }), {
      ...start,
      source: 'backfill',
      ...at(second),
    });
    await holds(phone, true);
    await harness.settled(phone);
    expect(harness.attribute(phone)).toEqual([true]);
  });

  it('ends a STOP of the log and a START within one second as opted out', async () => {
    const phone = freshPhone();
    const second = secondAgo();
    await harness.enqueue(inboundEvent(phone, { kind: 'start', ...at(second + 300) }));
    await harness.settled(phone);
    await harness.enqueue(inboundEvent(phone, { source: 'backfill', ...at(second) }));
    await holds(phone, true);
    expect(harness.attribute(phone)).toEqual([true]);
  });

  it('does not opt in somebody who answers YES without a STOP, and does once an older STOP arrives', async () => {
    const phone = freshPhone({ sms_unsubscribe: true });
    const second = secondAgo();
    const yes = inboundEvent(phone, { kind: 'start', keyword: 'YES', ...at(second) });
    await harness.enqueue(yes);
    await harness.settled(phone);
    expect((await harness.entry(phone))?.history.map(({ outcome }) => outcome)).toEqual(['ignored']);
    expect(harness.attribute(phone)).toEqual([true]);
    await harness.enqueue(inboundEvent(phone, at(second - 1_000)));
    await holds(phone, false);
    await harness.settled(phone);
    expect((await harness.entry(phone))?.history.map(({ outcome }) => outcome)).toEqual(['stale', 'applied']);
  });

  it('lets a STOP be the last word over a message from a clock that is an hour ahead', async () => {
    const phone = freshPhone();
    await harness.enqueue(inboundEvent(phone, { kind: 'start', ...at(Date.now() + HOUR) }));
    await harness.settled(phone);
    await harness.enqueue(inboundEvent(phone, at(Date.now() + 1)));
    await holds(phone, true);
    expect(harness.attribute(phone)).toEqual([true]);
  });

  it('ends a STOP that waits for Customer.io as stale when a START is recorded, and counts it', async () => {
    const phone = freshPhone();
    const slow = harness.sandbox.fault({
      match: { operation: 'search' },
      times: 1,
      effect: { kind: 'latency', ms: 2_000 },
    });
    const now = Date.now();
    await harness.enqueue(inboundEvent(phone, at(now - 2)));
    await waitFor(() => slow.hits === 1, { what: 'the look-up for the STOP' });
    await harness.enqueue(inboundEvent(phone, { kind: 'start', ...at(now - 1) }));
    await harness.settled(phone);
    expect((await harness.entry(phone))?.history.map(({ outcome }) => outcome)).toEqual(['stale', 'applied']);
    const counted = 'optout_events_total{outcome="stale",kind="stop",source="webhook"';
    expect(await harness.metric(counted)).toBe(1);
    expect(harness.attribute(phone)).toEqual([false]);
  });
});
