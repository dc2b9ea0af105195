import { DEMO_PHONES, seedDemoPeople, type SandboxOptions } from '@optout-sync/customerio-sandbox';
import { waitFor } from '@optout-sync/local-runtime/process';
import { inboundEvent, startHarness, type Harness } from '../test-support/worker-harness';

const { single, household, unknown } = DEMO_PHONES;
let harness: Harness;

async function start(env: Record<string, string>, sandbox: SandboxOptions = {}): Promise<void> {
  harness = await startHarness({ env, sandbox });
  if (!sandbox.phoneIsIdentifier) seedDemoPeople(harness.sandbox.workspace());
}
afterEach(async () => {
  const created = harness.sandbox.workspace().createdPeople();
  await harness.stop();
  expect(created).toEqual([]);
});

const optOuts = (phone: string): unknown[] =>
  harness.sandbox
    .workspace()
    .people()
    .filter(({ attributes }) => attributes.phone === phone)
    .map((person) => person.optOuts);
const nativeOptOutsAre = (phone: string, expected: unknown[]): Promise<unknown> =>
  waitFor(() => JSON.stringify(optOuts(phone)) === JSON.stringify(expected), {
    what: `the opt-outs ${JSON.stringify(expected)}`,
  });

describe("Customer.io's own per-sender list", () => {
  const inList = (...from: string[]): unknown =>
    from.map((sender) => expect.objectContaining({ from: sender }) as unknown);

  it('holds the stopped senders of everyone with the number, and loses them on START', async () => {
    await start({ CUSTOMERIO_NATIVE_OPTOUTS: 'true' });
    await harness.enqueue(
      inboundEvent(household, { sender: 'MG1' }),
      inboundEvent(household, { sender: '+15005550006' }),
    );
    await harness.settled(household);
    await waitFor(() => optOuts(household).every((list) => (list as unknown[]).length === 2), {
      what: 'both',
    });
    await harness.enqueue(inboundEvent(household, { sender: 'MG1', kind: 'start' }));
    await harness.settled(household);
    await waitFor(() => optOuts(household).every((list) => (list as unknown[]).length === 1), {
      what: 'one',
    });
    expect(optOuts(household)).toEqual([1, 2, 3].map(() => inList('+15005550006')));
    expect(harness.attribute(household)).toEqual([true, true, true]);
  });

  it('gets only what has changed, and all of it for a person who has got the number meanwhile', async () => {
    await start({ CUSTOMERIO_NATIVE_OPTOUTS: 'true' });
    const sent = (): string[][] =>
      harness.sandbox
        .requests({ operation: 'optouts_set' })
        .map(({ body }) => (body as { optouts: { from: string }[] }).optouts.map(({ from }) => from).sort());
    await harness.enqueue(inboundEvent(single, { sender: 'MG1' }));
    await waitFor(() => sent().length === 1, { what: 'the first' });
    harness.sandbox.workspace().addPerson({ id: 'late', attributes: { phone: single } });
    await harness.enqueue(inboundEvent(single, { sender: 'MG2' }));
    await waitFor(() => sent().length === 3, { what: 'one for each person' });
    expect(sent()).toEqual(expect.arrayContaining([['MG1'], ['MG2'], ['MG1', 'MG2']]));
  });

  it('lists WhatsApp senders without the prefix', async () => {
    await start({ CUSTOMERIO_NATIVE_OPTOUTS: 'true' });
    await harness.enqueue(inboundEvent(single, { channel: 'whatsapp', sender: 'whatsapp:+15005550006' }));
    await nativeOptOutsAre(single, [[{ channel: 'whatsapp', from: '+15005550006' }]]);
  });

  it('is not written unless configured', async () => {
    await start({});
    await harness.enqueue(inboundEvent(single));
    await harness.settled(single);
    expect(harness.sandbox.requests({ operation: 'optouts_set' })).toEqual([]);
  });
});

describe('the attribute of stopped senders', () => {
  it('lists them, and is empty when none remains', async () => {
    await start({ CUSTOMERIO_SENDERS_ATTRIBUTE: 'sms_stopped_senders' });
    await harness.enqueue(inboundEvent(single, { sender: 'MG2' }), inboundEvent(single, { sender: 'MG1' }));
    await harness.settled(single);
    expect(harness.attribute(single, 'sms_stopped_senders')).toEqual(['MG1,MG2']);
    for (const sender of ['MG1', 'MG2'])
      await harness.enqueue(inboundEvent(single, { sender, kind: 'start' }));
    await harness.settled(single);
    expect(harness.attribute(single, 'sms_stopped_senders')[0] ?? '').toBe('');
    expect(harness.attribute(single)).toEqual([false]);
  });
});

describe('phone as identifier', () => {
  it('writes by phone without a search and without an App API key', async () => {
    await start(
      { CUSTOMERIO_LOOKUP: 'phone_identifier', CUSTOMERIO_APP_API_KEY: '' },
      { phoneIsIdentifier: true },
    );
    harness.sandbox.workspace().addPerson({ id: 'ada', attributes: { phone: single } });
    await harness.enqueue(inboundEvent(single), inboundEvent(unknown));
    await harness.settled(single, unknown);
    expect(harness.attribute(single)).toEqual([true]);
    expect(harness.sandbox.requests({ api: 'app' })).toEqual([]);
  });
});
