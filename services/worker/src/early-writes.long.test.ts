import { waitFor } from '@optout-sync/local-runtime/process';
import { E164, type InboundEvent } from '@optout-sync/shared/domain';
import { isSyncQueued } from '@optout-sync/shared/queues';
import { inboundEvent, startHarness, type Harness } from './test-support/worker-harness';

jest.setTimeout(180_000);

const phone = (n: number): string => `+141555501${String(n).padStart(2, '0')}`;
const PHONES = Array.from({ length: 10 }, (_, n) => phone(n + 1));
const [, SECOND = ''] = PHONES;
/** Is searched for together with others. */
const LAST = PHONES.at(-1) ?? '';
/** Slow, so that phones that wait together are searched for together. */
const RPS = '4';

let harness: Harness;
afterEach(() => harness.stop());

async function start(env: Record<string, string> = {}, unappliedAfterMs = 1_000): Promise<void> {
  harness = await startHarness({
    env: { CUSTOMERIO_APP_RPS: RPS, ...env },
    overrides: { reconcile: { unappliedEveryMs: 100, unappliedAfterMs, roundMs: 50 } },
  });
  for (const one of PHONES) harness.sandbox.workspace().addPerson({ attributes: { phone: one } });
}

/** From now on nobody learns who has which number. */
const hideNumbers = () =>
  harness.sandbox.fault({ match: { operation: 'attributes' }, effect: { kind: 'hang' } });

/** Has the syncs of all these events run together. */
async function enqueueTogether(events: readonly InboundEvent[]): Promise<void> {
  const syncs = harness.queues.syncOf('default');
  await syncs.pause();
  await harness.enqueue(...events);
  const waiting = async () => (await syncs.getJobCountByTypes('wait', 'prioritized')) >= events.length;
  await waitFor(waiting, { what: 'the syncs to wait', timeoutMs: 15_000 });
  // Uses the present slot of the rate limit, so that the others wait for the next one.
  await syncs.resume();
}

const isOptedOut = (one: string): boolean => harness.attribute(one).every((value) => value === true);
const allOptedOut = () =>
  waitFor(() => Promise.resolve(PHONES.every(isOptedOut)), {
    what: 'everyone to be opted out',
    timeoutMs: 20_000,
  });

/** How many opt-outs are written and wait for their outcome. */
async function writtenAndPending(): Promise<number> {
  const entries = await Promise.all(PHONES.map((one) => harness.entry(one)));
  return entries.filter(
    (entry) =>
      entry?.earlyVersion === entry?.version && entry?.history.every(({ outcome }) => outcome === 'pending'),
  ).length;
}

async function outcomes(): Promise<unknown[]> {
  const entries = await Promise.all(PHONES.map((one) => harness.entry(one)));
  return entries.map((entry) => [
    entry?.people.length,
    ...(entry?.history ?? []).map(({ outcome }) => outcome),
  ]);
}

/** The phones that Customer.io does not hold and that have no sync. */
async function forgotten(): Promise<string[]> {
  const phones = PHONES.map(async (one) => {
    const entry = await harness.entry(one);
    const subject = { workspace: 'default', channel: 'sms', phone: E164.parse(one) } as const;
    const isOpen = entry?.appliedVersion !== entry?.version;
    return isOpen && !(await isSyncQueued(harness.queues, subject)) ? [one] : [];
  });
  return (await Promise.all(phones)).flat();
}

describe('first opt-outs that are synced together', () => {
  it('are set before it is known who has which number, and have their people and outcomes after', async () => {
    await start();
    const numbers = hideNumbers();
    await enqueueTogether(PHONES.map((one) => inboundEvent(one)));
    await allOptedOut();
    await waitFor(async () => (await writtenAndPending()) > 1, { what: 'opt-outs to be marked as written' });
    numbers.remove();
    await harness.settled(...PHONES);
    expect(await outcomes()).toEqual(PHONES.map(() => [1, 'applied']));
    const after = await Promise.all(PHONES.map((one) => harness.entry(one)));
    expect(after.map((entry) => entry?.earlyVersion)).toEqual(PHONES.map(() => undefined));
    // An outcome is in the ledger a moment before it is counted.
    for (const name of ['optout_end_to_end_seconds_count', 'optout_events_total{outcome="applied"']) {
      const isCounted = async () => (await harness.metric(name)) === PHONES.length;
      await waitFor(isCounted, { what: `${name} to be ${PHONES.length}` });
    }
  });

  it('lose to a START that comes before it is known who has which number', async () => {
    await start();
    const numbers = hideNumbers();
    await enqueueTogether(PHONES.map((one) => inboundEvent(one)));
    await allOptedOut();
    await harness.enqueue(inboundEvent(SECOND, { kind: 'start' }));
    numbers.remove();
    await harness.settled(...PHONES);
    await waitFor(() => Promise.resolve(harness.attribute(SECOND)[0] === false), { what: 'the START' });
    const others = PHONES.filter((one) => one !== SECOND);
    expect(others.map((one) => harness.attribute(one))).toEqual(others.map(() => [true]));
  });

  it('are synced again by another worker when theirs ends before it is known who has which number', async () => {
    await start();
    const numbers = hideNumbers();
    await enqueueTogether(PHONES.map((one) => inboundEvent(one)));
    await allOptedOut();
    await harness.restart();
    numbers.remove();
    await harness.settled(...PHONES);
    expect(await outcomes()).toEqual(PHONES.map(() => [1, 'applied']));
  });

  it('have a sync when their worker ends, since one of an earlier release may follow, which looks for no others', async () => {
    await start({}, 600_000);
    hideNumbers();
    await enqueueTogether(PHONES.map((one) => inboundEvent(one)));
    await allOptedOut();
    await waitFor(async () => (await writtenAndPending()) > 1, { what: 'opt-outs to be marked as written' });
    await harness.worker.stop();
    expect(await forgotten()).toEqual([]);
  });

  it('have one too when their worker ends while Customer.io is asked who has which number', async () => {
    await start({}, 600_000);
    const numbers = harness.sandbox.fault({
      match: { operation: 'attributes' },
      effect: { kind: 'latency', ms: 2_000 },
    });
    await enqueueTogether(PHONES.map((one) => inboundEvent(one)));
    await waitFor(async () => numbers.hits > 0 && (await writtenAndPending()) > 1, {
      what: 'the people of written opt-outs to be read',
    });
    await harness.worker.stop();
    expect(await forgotten()).toEqual([]);
  });

  it('end as no_match where nobody has the number', async () => {
    await start();
    const nobody = phone(90);
    await enqueueTogether([...PHONES, nobody].map((one) => inboundEvent(one)));
    await harness.settled(...PHONES, nobody);
    expect((await harness.entry(nobody))?.history.map(({ outcome }) => outcome)).toEqual(['no_match']);
    expect(await outcomes()).toEqual(PHONES.map(() => [1, 'applied']));
  });

  it('are written with the earliest time among them, and each with its own after', async () => {
    await start();
    const now = Math.floor(Date.now() / 1_000);
    const events = PHONES.map((one, n) => inboundEvent(one, { occurredAt: (now - 100 * (n + 1)) * 1_000 }));
    await enqueueTogether(events);
    await harness.settled(...PHONES);
    const people = harness.sandbox.workspace().people();
    const times = PHONES.map((one) => {
      const person = people.find(({ attributes }) => attributes.phone === one);
      return person?.writtenAt.sms_unsubscribe;
    });
    expect(times).toEqual(PHONES.map((_, n) => now - 100 * (n + 1)));
  });

  it('do not overwrite a value that somebody set after the opt-out was sent', async () => {
    await start();
    const now = Math.floor(Date.now() / 1_000);
    const person = harness.sandbox.workspace().people().at(-1);
    harness.sandbox.workspace().setAttributes(person?.cioId ?? '', { sms_unsubscribe: false }, now - 50);
    const at = (one: string): number => (now - (one === LAST ? 60 : 10)) * 1_000;
    await enqueueTogether(PHONES.map((one) => inboundEvent(one, { occurredAt: at(one) })));
    await harness.settled(...PHONES);
    expect(harness.attribute(LAST)).toEqual([false]);
  });
});

describe('what is written only when it is known who has which number', () => {
  const untouched = async (events: readonly InboundEvent[], phones: readonly string[]): Promise<void> => {
    const numbers = hideNumbers();
    await enqueueTogether(events);
    await waitFor(() => Promise.resolve(numbers.hits > 0), {
      what: 'the people to be read',
      timeoutMs: 15_000,
    });
    const early = (await Promise.all(phones.map((one) => harness.entry(one)))).map(
      (entry) => entry?.earlyVersion,
    );
    expect(early).toEqual(phones.map(() => undefined));
    numbers.remove();
  };

  it('is an opt-out that is found by a number without its country', async () => {
    await start({ CUSTOMERIO_PHONE_FORMATS: 'e164,national', DEFAULT_COUNTRY: 'US' });
    await untouched(
      PHONES.map((one) => inboundEvent(one)),
      PHONES,
    );
    await harness.settled(...PHONES);
  });

  it('is the opt-out of somebody who was opted in before', async () => {
    await start();
    const started = PHONES.slice(0, 5);
    await harness.enqueue(...started.map((one) => inboundEvent(one, { kind: 'start' })));
    await harness.settled(...started);
    await untouched(
      started.map((one) => inboundEvent(one, { occurredAt: Date.now() + 1_000 })),
      started,
    );
    await harness.settled(...started);
    expect(started.map((one) => harness.attribute(one))).toEqual(started.map(() => [true]));
  });
});
