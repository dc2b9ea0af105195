import { Redis } from 'ioredis';
import { waitFor } from '@optout-sync/local-runtime/process';
import type { E164, InboundEvent, Subject } from '@optout-sync/shared/domain';
import { PeopleChange, enqueuePeopleBatch, enqueueSync } from '@optout-sync/shared/queues';
import { SyncMarks, UnappliedIndex, reconcileKey } from '@optout-sync/shared/reconcile';
import type { ReconcileTimes } from './reconcile/times';
import { keyAsSpelled, oldLedger } from './test-support/old-ledger';
import { inboundEvent, startHarness, type Harness } from './test-support/worker-harness';

const MEXICAN = { canonical: '+525512345678' as E164, other: '+5215512345678' as E164 };
const subject: Subject = { workspace: 'default', channel: 'sms', phone: MEXICAN.canonical };
const twin: Subject = { ...subject, phone: MEXICAN.other };
const FAST: Partial<ReconcileTimes> = {
  roundMs: 50,
  leaseMs: 500,
  lagMs: 0,
  unappliedEveryMs: 50,
  unappliedAfterMs: 200,
};

const redis = new Redis(process.env.TEST_REDIS_URL ?? '');
afterAll(() => redis.quit());

let harness: Harness;
afterEach(async () => {
  expect(harness.sandbox.workspace().createdPeople()).toEqual([]);
  await harness.stop();
});

const add = (phone: string, more: Record<string, unknown> = {}): string =>
  harness.sandbox.workspace().addPerson({ attributes: { phone, ...more } });
const attributes = (name = 'sms_unsubscribe'): Record<string, unknown> => {
  const people = harness.sandbox.workspace().people();
  return Object.fromEntries(
    people.map((person) => [String(person.attributes.phone), person.attributes[name]]),
  );
};
const becomes = (expected: Record<string, unknown>, name?: string): Promise<unknown> =>
  waitFor(() => Object.entries(expected).every(([phone, value]) => attributes(name)[phone] === value), {
    what: `the attributes ${JSON.stringify(expected)}`,
  });
/** As ingest of an older version stored it: spelled as Twilio sent it. */
const spelled = (phone: E164, overrides: Partial<InboundEvent> = {}): InboundEvent => ({
  ...inboundEvent(phone, overrides),
  phone,
});
const twinExists = async (prefix: string): Promise<boolean> =>
  (await redis.exists(keyAsSpelled(prefix, twin))) === 1;

describe('national numbers', () => {
  it.each([
    ['FR', '+33612345678', ['0612345678', '06 12 34 56 78']],
    ['DE', '+4915112345678', ['015112345678']],
    ['GB', '+447700900123', ['07700900123']],
    ['US', '+14155552001', ['(415) 555-2001', '415-555-2001']],
  ])('of %s are found with trunk prefix and separators', async (country, phone, stored) => {
    harness = await startHarness({
      env: { CUSTOMERIO_PHONE_FORMATS: 'e164,digits,national', DEFAULT_COUNTRY: country },
    });
    for (const spelling of stored) add(spelling);
    await harness.enqueue(inboundEvent(phone));
    await harness.settled(phone);
    expect(Object.values(attributes())).toEqual(stored.map(() => true));
  });

  it.each(['FR', 'ES'])(
    'opt nobody in by the START of a stranger, where the country is %s',
    async (country) => {
      harness = await startHarness({
        env: { CUSTOMERIO_PHONE_FORMATS: 'e164,digits,national', DEFAULT_COUNTRY: country },
      });
      add('612345678', { sms_unsubscribe: true });
      add('34612345678', { sms_unsubscribe: true });
      for (const phone of ['+33612345678', '+34612345678']) {
        await harness.enqueue(inboundEvent(phone, { kind: 'start' }));
        await harness.settled(phone);
      }
      expect(attributes()).toEqual({ '612345678': true, '34612345678': false });
    },
  );
});

describe('an opt-out that reaches nobody', () => {
  const counted = (): Promise<number | undefined> =>
    harness.metric('optout_unsearched_formats_total{workspace="default"');

  it.each(['0612345678', '33612345678'])('is counted where somebody has the number as %s', async (stored) => {
    harness = await startHarness();
    add(stored);
    await harness.enqueue(inboundEvent('+33612345678'));
    await waitFor(async () => (await counted()) === 1, { what: 'the opt-out to be counted' });
    expect(attributes()).toEqual({ [stored]: undefined });
    expect((await harness.entry('+33612345678'))?.history[0]?.outcome).toBe('no_match');
  });

  it('is not counted where nobody has the number in any format, nor where it is a START', async () => {
    harness = await startHarness();
    add('0612345678');
    await harness.enqueue(inboundEvent('+33612345678', { kind: 'start' }), inboundEvent('+33699999999'));
    await harness.settled('+33612345678', '+33699999999');
    await harness.enqueue(inboundEvent('+33612345678'));
    await waitFor(async () => (await counted()) === 1, { what: 'the STOP to be counted' });
  });
});

describe('a subscriber with two spellings', () => {
  it('is opted out by a message under either, on WhatsApp too', async () => {
    harness = await startHarness();
    for (const phone of ['+525512345678', '+5215512345678', '+5511987654321', '+551187654321']) add(phone);
    const whatsapp = { channel: 'whatsapp', sender: 'whatsapp:+15005550006' } as const;
    await harness.enqueue(spelled(MEXICAN.other, whatsapp), spelled('+551187654321' as E164, whatsapp));
    await becomes(
      { '+525512345678': true, '+5215512345678': true, '+5511987654321': true, '+551187654321': true },
      'whatsapp_unsubscribe',
    );
  });

  it('is opted in again by a message under the other spelling', async () => {
    harness = await startHarness();
    add('+525512345678');
    await harness.enqueue(spelled(MEXICAN.other, { occurredAt: Date.now() - 5_000 }));
    await becomes({ '+525512345678': true });
    await harness.enqueue(spelled(MEXICAN.canonical, { kind: 'start' }));
    await becomes({ '+525512345678': false });
  });

  it('has both identifiers written where the phone is the identifier', async () => {
    harness = await startHarness({
      env: { CUSTOMERIO_LOOKUP: 'phone_identifier' },
      sandbox: { phoneIsIdentifier: true },
    });
    add('+5215512345678');
    await harness.enqueue(inboundEvent(MEXICAN.canonical));
    await becomes({ '+5215512345678': true });
  });

  it('has one entry after its sync, requested by an older version under the other spelling', async () => {
    harness = await startHarness();
    const prefix = harness.prefix;
    add('+525512345678');
    await oldLedger(redis, prefix).record(twin, spelled(MEXICAN.other));
    await enqueueSync(harness.queues, { version: 1, ...twin });
    await becomes({ '+525512345678': true });
    expect(await twinExists(prefix)).toBe(false);
    expect((await harness.entry(MEXICAN.canonical))?.history).toHaveLength(1);
  });

  it('loses its places in the index and among the marks, whichever spelling they were stored under', async () => {
    harness = await startHarness({
      env: { RECONCILE_PERIOD: 'off' },
      overrides: { reconcile: { ...FAST, lookDelaysMs: [] } },
    });
    const prefix = harness.prefix;
    await oldLedger(redis, prefix).record(twin, spelled(MEXICAN.other));
    const at = Date.now() - 60_000;
    await redis.zadd(reconcileKey(prefix, 'default', 'unapplied'), at, `sms:${MEXICAN.other}`);
    const mark = JSON.stringify({ reason: 'sweep', mode: 'enforce', at, id: 'x' });
    await redis.hset(reconcileKey(prefix, 'default', 'marks'), `sms:${MEXICAN.other}`, mark);
    const open = async (): Promise<number> =>
      (await redis.zcard(reconcileKey(prefix, 'default', 'unapplied'))) +
      (await new SyncMarks(redis, prefix).count('default'));
    await waitFor(async () => (await open()) === 0, { what: 'the index and the marks to be empty' });
    const index = new UnappliedIndex(redis, prefix);
    expect(await index.list('default', { before: Infinity, offset: 0, limit: 10 })).toEqual([]);
    expect((await harness.entry(MEXICAN.canonical))?.history[0]?.outcome).toBe('no_match');
  });

  it('has one entry after a sweep, and again after an old worker has made another', async () => {
    harness = await startHarness({
      env: { RECONCILE_PERIOD: '1s', RECONCILE_MODE: 'enforce' },
      overrides: { reconcile: { ...FAST, lookDelaysMs: [] } },
    });
    const prefix = harness.prefix;
    const old = oldLedger(redis, prefix);
    add('+525512345678');
    await old.record(twin, spelled(MEXICAN.other, { occurredAt: Date.now() - 60_000 }));
    await old.markApplied(twin, 1, { outcome: 'no_match', people: [] });
    await becomes({ '+525512345678': true });
    await waitFor(async () => !(await twinExists(prefix)), { what: 'the merge' });
    await old.record(twin, spelled(MEXICAN.other, { kind: 'start' }));
    await old.markApplied(twin, 1, { outcome: 'no_match', people: [] });
    await becomes({ '+525512345678': false });
    await waitFor(async () => !(await twinExists(prefix)), { what: 'the second merge' });
    expect((await harness.entry(MEXICAN.canonical))?.history).toHaveLength(2);
  });

  it('is opted out when a person gets the number before the entry of an old worker is merged', async () => {
    harness = await startHarness({
      env: { RECONCILE_PERIOD: 'off' },
      overrides: { reconcile: { ...FAST, lookDelaysMs: [], personLookDelaysMs: [] } },
    });
    const { prefix } = harness;
    const old = oldLedger(redis, prefix);
    await old.record(twin, spelled(MEXICAN.other));
    await old.markApplied(twin, 1, { outcome: 'no_match', people: [] });
    add(MEXICAN.canonical);
    const change = { version: 1, id: 'x', workspace: 'default', people: [{ phone: MEXICAN.other }] };
    await enqueuePeopleBatch(harness.queues, [PeopleChange.parse(change)]);
    await becomes({ [MEXICAN.canonical]: true });
    await waitFor(async () => !(await twinExists(prefix)), { what: 'the merge' });
  });

  it('has a dead letter of an older version replayed under the canonical spelling', async () => {
    harness = await startHarness();
    add('+525512345678');
    const now = Date.now();
    await harness.queues.deadLetters.put({
      version: 1,
      stage: 'sync',
      code: 'customerio_rejected',
      message: 'rejected',
      undone: { type: 'event', event: spelled(MEXICAN.other) },
      attempts: [],
      firstFailedAt: now,
      lastFailedAt: now,
    });
    const { deadLetters } = await harness.queues.deadLetters.page({ limit: 10 });
    expect(deadLetters.map(({ deadLetter: { undone } }) => undone)).toMatchObject([
      { event: { phone: MEXICAN.canonical } },
    ]);
  });
});
