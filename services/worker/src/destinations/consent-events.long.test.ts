import { DEMO_PHONES, seedDemoPeople, type SandboxOptions } from '@optout-sync/customerio-sandbox';
import { waitFor } from '@optout-sync/local-runtime/process';
import { inboundEvent, startHarness, type Harness } from '../test-support/worker-harness';

const { single, household } = DEMO_PHONES;
const NOW_S = Math.floor(Date.now() / 1_000);

let harness: Harness;
async function start(env: Record<string, string> = {}, sandbox: SandboxOptions = {}): Promise<void> {
  harness = await startHarness({
    env: { CUSTOMERIO_EVENTS: 'true', RECONCILE_PERIOD: 'off', ...env },
    sandbox,
    overrides: { reconcile: { lagMs: 0 } },
  });
  seedDemoPeople(harness.sandbox.workspace());
}
afterEach(async () => {
  expect(harness.sandbox.workspace().createdPeople()).toEqual([]);
  await harness.stop();
});

const cioIds = (phone: string): string[] =>
  harness.sandbox
    .workspace()
    .people()
    .filter(({ attributes }) => attributes.phone === phone)
    .map(({ cioId }) => cioId);
const eventsOf = (phone: string) => cioIds(phone).map((cioId) => harness.sandbox.workspace().events(cioId));
const haveEvents = (phone: string, count: number): Promise<unknown> =>
  waitFor(() => eventsOf(phone).every((events) => events.length === count), {
    what: `${String(count)} events of everyone with ${phone}`,
    timeoutMs: 30_000,
  });
const said = (phone: string, kind: 'stop' | 'start', secondsAgo: number, sender = 'MG1') =>
  inboundEvent(phone, {
    kind,
    keyword: kind === 'stop' ? 'STOP' : 'START',
    sender,
    occurredAt: (NOW_S - secondsAgo) * 1_000,
  });

it('tells everyone with the number once of each message that decides', async () => {
  await start();
  const stop = said(household, 'stop', 60);
  await harness.enqueue(stop, stop);
  await haveEvents(household, 1);
  await harness.enqueue(said(household, 'start', 30));
  await haveEvents(household, 2);
  for (const [first, second] of eventsOf(household)) {
    expect(first).toMatchObject({
      name: 'sms_opted_out',
      timestamp: NOW_S - 60,
      attributes: {
        message_sid: stop.messageSid,
        sender: 'MG1',
        reason: 'message',
        keyword: 'STOP',
        opted_out: true,
      },
    });
    expect(second).toMatchObject({ name: 'sms_opted_in', attributes: { opted_out: false } });
  }
  const ids = eventsOf(household).flatMap((events) => events.map(({ id }) => id));
  expect(new Set(ids).size).toBe(6);
});

it('tells once of a message that another route delivers with a better time', async () => {
  await start();
  const stop = said(single, 'stop', 60);
  await harness.enqueue(stop);
  await haveEvents(single, 1);
  await harness.enqueue({ ...stop, source: 'event_stream', occurredAt: stop.occurredAt - 2_000 });
  await waitFor(async () => (await harness.entry(single))?.history[0]?.source === 'event_stream', {
    what: 'the better time',
  });
  await harness.enqueue(said(single, 'start', 30));
  await waitFor(() => eventsOf(single)[0]?.at(-1)?.name === 'sms_opted_in', { what: 'the opt-in' });
  expect(eventsOf(single)[0]?.map(({ name }) => name)).toEqual(['sms_opted_out', 'sms_opted_in']);
});

it('says what the person did, and whether they are still opted out', async () => {
  await start();
  await harness.enqueue(said(single, 'stop', 60), said(single, 'stop', 50, 'MG2'));
  await harness.settled(single);
  await harness.enqueue(said(single, 'start', 30, 'MG2'));
  await waitFor(() => eventsOf(single)[0]?.at(-1)?.name === 'sms_opted_in', { what: 'the opt-in' });
  expect(eventsOf(single)[0]?.at(-1)?.attributes).toMatchObject({ sender: 'MG2', opted_out: true });
});

const ONLY_EVENTS = { bodyIncludes: '"action":"event"' };
const batchesOfEvents = () =>
  harness.sandbox
    .requests({ operation: 'batch' })
    .filter(({ body }) => (body as { batch: { action: string }[] }).batch[0]?.action === 'event');

it('sends the same ids again where a response was lost, so that nobody has an event twice', async () => {
  await start();
  harness.sandbox.fault({ match: ONLY_EVENTS, times: 1, effect: { kind: 'answer_lost' } });
  await harness.enqueue(said(household, 'stop', 60));
  const isHeld = async (): Promise<boolean> =>
    (await harness.entry(household))?.destinations?.events?.appliedVersion === 1;
  await waitFor(isHeld, { what: 'the version to be marked', timeoutMs: 60_000 });
  expect(batchesOfEvents().length).toBeGreaterThan(1);
  expect(eventsOf(household).map((events) => events.length)).toEqual([1, 1, 1]);
});

it.each([
  ['refused', { kind: 'status', status: 403 }],
  ['not answered', { kind: 'hang' }],
] as const)('delays no attribute while events are %s', async (_, effect) => {
  await start();
  harness.sandbox.fault({ match: ONLY_EVENTS, effect });
  await harness.enqueue(said(household, 'stop', 60));
  await harness.settled(household);
  await waitFor(() => batchesOfEvents().length > 0, { what: 'a request with events' });
  await harness.enqueue(said(single, 'stop', 60));
  await harness.settled(single);
  expect(harness.attribute(single)).toEqual([true]);
});

it('leaves the circuit of attributes closed while events alone are answered 503', async () => {
  await start();
  const fault = harness.sandbox.fault({ match: ONLY_EVENTS, effect: { kind: 'status', status: 503 } });
  const phones = Array.from({ length: 10 }, (_, n) => `+141555601${String(10 + n)}`);
  for (const phone of phones) harness.sandbox.workspace().addPerson({ attributes: { phone } });
  await harness.enqueue(...phones.map((phone) => said(phone, 'stop', 60)));
  await harness.settled(...phones);
  const before = batchesOfEvents().length;
  await waitFor(() => batchesOfEvents().length >= before + 6, { what: 'six more requests with events' });
  await harness.enqueue(said(single, 'stop', 60));
  await harness.settled(single);
  expect(harness.attribute(single)).toEqual([true]);
  const outages = harness.logLines.filter((line) => line.includes('customerio_down'));
  expect(outages.map((line) => (JSON.parse(line) as { operation?: string }).operation)).toEqual(['events']);
  fault.remove();
  await Promise.all([single, ...phones].map((phone) => haveEvents(phone, 1)));
});

it('tells nobody who gets the number later, and nobody whom a comparison corrects', async () => {
  await start();
  await harness.enqueue(said(single, 'stop', 60));
  await haveEvents(single, 1);
  const late = harness.sandbox.workspace().addPerson({ attributes: { phone: single } });
  await harness.force(single);
  expect(harness.attribute(single)).toEqual([true, true]);
  expect(harness.sandbox.workspace().events(late)).toEqual([]);
});

it('is not sent unless configured', async () => {
  await start({ CUSTOMERIO_EVENTS: 'false' });
  await harness.enqueue(said(single, 'stop', 60));
  await harness.settled(single);
  expect(eventsOf(single)).toEqual([[]]);
});
