import { DEMO_PHONES, seedDemoPeople } from '@optout-sync/customerio-sandbox';
import { waitFor } from '@optout-sync/local-runtime/process';
import { inboundEvent, startHarness, type Harness } from '../test-support/worker-harness';

const { single, household } = DEMO_PHONES;
const NAMES = { at: 'said_at', reason: 'said_reason', keyword: 'said_keyword', sender: 'said_to' };
const EVIDENCE = Object.entries(NAMES)
  .map(([part, name]) => `${part}=${name}`)
  .join(',');
const NOW_S = Math.floor(Date.now() / 1_000);

jest.setTimeout(120_000);

let harness: Harness;
async function start(env: Record<string, string> = {}): Promise<void> {
  harness = await startHarness({
    env: { CUSTOMERIO_EVIDENCE_ATTRIBUTES: EVIDENCE, RECONCILE_PERIOD: 'off', ...env },
    overrides: { reconcile: { lagMs: 0 } },
  });
  seedDemoPeople(harness.sandbox.workspace());
}
afterEach(async () => {
  expect(harness.sandbox.workspace().createdPeople()).toEqual([]);
  await harness.stop();
});

/** What each person with the number has: whether they are opted out, and the evidence. */
function held(phone: string, names: readonly string[] = Object.values(NAMES)): unknown[][] {
  return harness.sandbox
    .workspace()
    .people()
    .filter(({ attributes }) => attributes.phone === phone)
    .map(({ attributes }) => ['sms_unsubscribe', ...names].map((name) => attributes[name] ?? ''));
}
const stop = (phone: string, secondsAgo: number, more: Parameters<typeof inboundEvent>[1] = {}) =>
  inboundEvent(phone, { occurredAt: (NOW_S - secondsAgo) * 1_000, keyword: 'STOP', sender: 'MG1', ...more });

/** The bodies of the writes, each with the attributes of every person in it. */
function writes(): Record<string, unknown>[][] {
  return harness.sandbox
    .requests({ operation: 'batch' })
    .map(({ body }) =>
      (body as { batch: { attributes: Record<string, unknown> }[] }).batch.map(
        ({ attributes }) => attributes,
      ),
    );
}

describe('the evidence of an opt-out', () => {
  it('is written to everyone with the number, in the same request as the attribute', async () => {
    await start({ CUSTOMERIO_PHONE_FORMATS: 'e164,national', DEFAULT_COUNTRY: 'US' });
    await harness.enqueue(stop(household, 60));
    await harness.settled(household);
    expect(held(household)).toEqual([1, 2, 3].map(() => [true, NOW_S - 60, 'message', 'STOP', 'MG1']));
    expect(writes().flat()).toHaveLength(3);
  });

  it('follows a first opt-out that is written before it is known who has the number', async () => {
    // Slow, so that the second and third wait together, and are searched for together.
    await start({ CUSTOMERIO_APP_RPS: '2' });
    const phones = ['+14155550201', '+14155550202', '+14155550203'];
    for (const phone of phones) harness.sandbox.workspace().addPerson({ attributes: { phone } });
    const syncs = harness.queues.syncOf('default');
    await syncs.pause();
    await harness.enqueue(...phones.map((phone) => stop(phone, 60)));
    const waiting = async (): Promise<boolean> =>
      (await syncs.getJobCountByTypes('wait', 'prioritized')) === 3;
    await waitFor(waiting, { what: 'the syncs to wait' });
    await syncs.resume();
    await harness.settled(...phones);
    const bare = { sms_unsubscribe: true, _update: true };
    const early = writes()
      .flat()
      .filter((written) => !('said_at' in written));
    // The first one may be searched for alone, and is then no early write.
    expect([
      [bare, bare],
      [bare, bare, bare],
    ]).toContainEqual(early);
    expect(phones.flatMap((phone) => held(phone))).toEqual(
      phones.map(() => [true, NOW_S - 60, 'message', 'STOP', 'MG1']),
    );
  });

  it('is that of the message that began it, for a profile that comes later too', async () => {
    await start();
    await harness.enqueue(stop(single, 600));
    await harness.settled(single);
    await harness.enqueue(stop(single, 300, { keyword: 'UNSUBSCRIBE' }));
    await harness.settled(single);
    harness.sandbox.workspace().addPerson({ id: 'late', attributes: { phone: single } });
    await harness.force(single);
    expect(held(single)).toEqual([1, 2].map(() => [true, NOW_S - 600, 'message', 'STOP', 'MG1']));
  });

  it('keeps the oldest opt-out in force under the policy any, and the latest word under last', async () => {
    await start();
    await harness.enqueue(stop(single, 600), stop(single, 300, { sender: 'MG2' }));
    await harness.settled(single);
    expect(held(single)).toEqual([[true, NOW_S - 600, 'message', 'STOP', 'MG1']]);
    await harness.stop();
    await start({ CONSENT_POLICY: 'last' });
    await harness.enqueue(stop(single, 600), stop(single, 300, { sender: 'MG2' }));
    await harness.settled(single);
    expect(held(single)).toEqual([[true, NOW_S - 300, 'message', 'STOP', 'MG2']]);
  });

  it('holds nothing of an earlier state after an opt-in, or an opt-out by hand', async () => {
    await start();
    await harness.enqueue(stop(single, 600));
    await harness.settled(single);
    await harness.enqueue(stop(single, 300, { kind: 'start', keyword: 'UNSTOP' }));
    await harness.settled(single);
    expect(held(single)).toEqual([[false, NOW_S - 300, 'message', 'UNSTOP', 'MG1']]);
    await harness.enqueue(
      stop(single, 100, { source: 'manual', keyword: undefined, by: 'ada', why: 'by phone' }),
    );
    await harness.settled(single);
    expect(held(single)).toEqual([[true, NOW_S - 100, 'operator', '', 'MG1']]);
  });

  it('has no keyword where Twilio alone took the message for an opt-out', async () => {
    await start();
    const start1 = stop(single, 60, { kind: 'start', keyword: 'START' });
    await harness.enqueue(start1);
    await harness.settled(single);
    await harness.enqueue({ ...start1, kind: 'stop', keyword: undefined, source: 'event_stream' });
    await waitFor(() => held(single)[0]?.[0] === true, { what: 'the opt-out' });
    expect(held(single)).toEqual([[true, NOW_S - 60, 'message', '', 'MG1']]);
  });

  it('makes no difference that a comparison corrects', async () => {
    await start();
    await harness.enqueue(stop(single, 60));
    await harness.settled(single);
    const [cioId = ''] = (await harness.entry(single))?.people ?? [];
    harness.sandbox.workspace().setAttributes(cioId, { said_reason: 'changed by somebody' });
    const before = writes().length;
    await harness.force(single);
    expect(writes()).toHaveLength(before);
  });

  it('stands under a name of its own for WhatsApp', async () => {
    await start();
    await harness.enqueue(stop(single, 60, { channel: 'whatsapp', sender: 'whatsapp:+15005550006' }));
    const names = Object.values(NAMES).map((name) => `whatsapp_${name}`);
    await waitFor(() => held(single, names)[0]?.[1] !== '', { what: 'the evidence' });
    expect(held(single, names)).toEqual([['', NOW_S - 60, 'message', 'STOP', 'whatsapp:+15005550006']]);
  });

  it('is written without a look-up where the phone is the identifier', async () => {
    harness = await startHarness({
      env: {
        CUSTOMERIO_EVIDENCE_ATTRIBUTES: 'at=said.at',
        CUSTOMERIO_LOOKUP: 'phone_identifier',
        CUSTOMERIO_APP_API_KEY: '',
      },
      sandbox: { phoneIsIdentifier: true },
    });
    harness.sandbox.workspace().addPerson({ id: 'ada', attributes: { phone: single } });
    await harness.enqueue(stop(single, 60));
    await harness.settled(single);
    expect(writes().flat()[0]).toEqual({ sms_unsubscribe: true, 'said.at': NOW_S - 60, _update: true });
  });
});

it('stores no keyword unless an attribute asks for it', async () => {
  await start({ CUSTOMERIO_EVIDENCE_ATTRIBUTES: 'at=said_at,reason=said_reason' });
  await harness.enqueue(stop(single, 60));
  await harness.settled(single);
  expect((await harness.entry(single))?.history[0]?.note).toBeUndefined();
  expect(held(single)).toEqual([[true, NOW_S - 60, 'message', '', '']]);
});
