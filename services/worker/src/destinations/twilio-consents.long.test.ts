import { DEMO_PHONES, seedDemoPeople } from '@optout-sync/customerio-sandbox';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitFor } from '@optout-sync/local-runtime/process';
import { DestinationStore } from '@optout-sync/shared/ledger';
import { enqueueReplay } from '@optout-sync/shared/queues';
import { TWILIO_ACCOUNT_SID as SID, startTwilioApi, type TwilioApi } from '@optout-sync/twilio-simulator';
import { Redis } from 'ioredis';
import { inboundEvent, startHarness, type Harness } from '../test-support/worker-harness';

const KEY = { sid: `SK${'1'.repeat(32)}`, secret: 's3cret', accountSid: SID };
const SENDER = '+15005550006';
const PATH = 'POST /v1/Consents/Bulk';
const { single, household } = DEMO_PHONES;
const phoneOf = (n: number): string => `+1415555${String(1_000 + n)}`;

const redis = new Redis(process.env.TEST_REDIS_URL ?? '');
afterAll(() => redis.quit());

let twilio: TwilioApi;
let harness: Harness;

async function start(env: Record<string, string> = {}): Promise<void> {
  harness = await startHarness({
    env: {
      TWILIO_CONSENTS: 'true',
      TWILIO_ACCOUNT_SID: SID,
      TWILIO_API_KEY: KEY.sid,
      TWILIO_API_SECRET: KEY.secret,
      TWILIO_API_URL: twilio.url,
      RECONCILE_PERIOD: 'off',
      ...env,
    },
    overrides: { circuitTimes: { probeMs: 100, blockedProbeMs: 100, idleMs: 100 } },
  });
  seedDemoPeople(harness.sandbox.workspace());
}

beforeEach(async () => {
  twilio = await startTwilioApi({ [SID]: '0'.repeat(32) });
  twilio.addKey(KEY);
});
afterEach(async () => {
  twilio.behave();
  await harness.stop();
  await twilio.stop();
});

/** @param work is given a function that returns variables under which an opt-out counts for all these numbers */
async function withAccountScope(
  work: (configured: (numbers: string) => Promise<Record<string, string>>) => Promise<void>,
): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), 'optout-consents-'));
  const path = join(dir, 'optout.yaml');
  try {
    await work(async (numbers) => {
      const account = `{ sid: ${SID}, auth_tokens: ${'0'.repeat(32)}, api_key: ${KEY.sid}, api_secret: ${KEY.secret}, consents: true, numbers: ${numbers} }`;
      await writeFile(path, `twilio: { accounts: [${account}] }`);
      return { OPTOUT_CONFIG: path, CONSENT_SCOPE: 'account' };
    });
  } finally {
    await rm(dir, { recursive: true });
  }
}

/** An opt-out that somebody enters by hand. */
const byHand = (phone: string, overrides: Parameters<typeof inboundEvent>[1] = {}) =>
  inboundEvent(phone, { source: 'manual', by: 'Ann', why: 'a call', ...overrides });
const statusOf = (phone: string, sender = SENDER): string | undefined =>
  twilio.account(SID).consents.get(`${sender} ${phone}`)?.status;
const untilStatus = (phone: string, status: string, sender = SENDER): Promise<unknown> =>
  waitFor(() => statusOf(phone, sender) === status, { what: `${status} of ${phone}`, timeoutMs: 60_000 });
const held = async (phone: string): Promise<number | undefined> =>
  (await harness.entry(phone))?.destinations?.twilio_consents?.appliedVersion;
const deadLetters = async () =>
  (await harness.queues.deadLetters.page({ limit: 50 })).deadLetters.map(({ deadLetter }) => deadLetter);

describe("Twilio's own list", () => {
  it('gets an opt-out by hand, when and how it was given, and no keyword', async () => {
    await start();
    const at = Date.now() - 60_000;
    await harness.enqueue(byHand(single, { occurredAt: at }), inboundEvent(household));
    await untilStatus(single, 'opt-out');
    expect(twilio.account(SID).consents.get(`${SENDER} ${single}`)).toMatchObject({
      contact_id: single,
      sender_id: SENDER,
      source: 'offline',
      date_of_consent: new Date(at).toISOString().replace(/\.\d+Z$/, 'Z'),
    });
    await waitFor(async () => (await held(household)) === 1, { what: 'the mark of the keyword' });
    expect(statusOf(household)).toBeUndefined();
    expect(await harness.metric('optout_twilio_requests_total{status="201"')).toBe(1);
  });

  it('gets the START of the person after it, and no opt-in by hand', async () => {
    await start();
    await harness.enqueue(byHand(single), byHand(household));
    await Promise.all([untilStatus(single, 'opt-out'), untilStatus(household, 'opt-out')]);
    await harness.enqueue(inboundEvent(single, { kind: 'start' }), byHand(household, { kind: 'start' }));
    await untilStatus(single, 'opt-in');
    await waitFor(async () => (await held(household)) === 2, { what: 'the mark of the opt-in by hand' });
    expect(statusOf(household)).toBe('opt-out');
    await harness.enqueue(inboundEvent(single));
    await untilStatus(single, 'opt-out');
  });

  it('gets an opt-out by a keyword that Twilio does not know', async () => {
    await start();
    const [known, unknown] = [{ keyword: 'STOP' }, { keyword: 'OPT OUT' }];
    await harness.enqueue(inboundEvent(household, known), inboundEvent(single, unknown));
    await untilStatus(single, 'opt-out');
    await waitFor(async () => (await held(household)) === 1, { what: 'the mark of the keyword' });
    expect(statusOf(household)).toBeUndefined();
  });

  it('gets the newer status again, when a worker that was frozen wrote an older one over it', async () => {
    await start();
    twilio.behave({ delayMs: 2_000 });
    const stop = byHand(single);
    await harness.enqueue(stop);
    await waitFor(() => twilio.writes.includes(PATH), { what: 'the first request, under way' });
    await harness.enqueue(inboundEvent(single, { kind: 'start' }));
    const subject = { workspace: 'default', channel: 'sms', phone: stop.phone } as const;
    await waitFor(async () => (await harness.entry(single))?.appliedVersion === 2, { what: 'the START' });
    // As another worker that took the job over would have.
    await new DestinationStore(redis, { prefix: harness.prefix }).markWritten(
      subject,
      'twilio_consents',
      { appliedVersion: 2, isState: true },
      { appliedVersion: 0, people: undefined },
    );
    expect(await held(single)).toBe(2);
    await untilStatus(single, 'opt-in');
    await waitFor(async () => (await held(single)) === 2, { what: 'the mark' });
  });

  it('gets for other senders of the account what the person says after a block that it reported', async () => {
    await withAccountScope(async (configured) => {
      await start(await configured(`['${SENDER}', '+15005550007']`));
      const now = Date.now();
      const blocked = { source: 'status_callback', orderAt: now - 3_600_000 } as const;
      await harness.enqueue(inboundEvent(single, blocked));
      await waitFor(async () => (await held(single)) === 1, { what: 'the mark of the block' });
      expect([statusOf(single), statusOf(single, '+15005550007')]).toEqual([undefined, undefined]);
      await harness.enqueue(inboundEvent(single));
      await untilStatus(single, 'opt-out', '+15005550007');
      await waitFor(async () => (await held(single)) === 2, { what: 'the mark of the STOP' });
      expect(statusOf(single)).toBeUndefined();
      expect((await harness.entry(single))?.history.map(({ outcome }) => outcome)).toEqual([
        'applied',
        'applied',
      ]);
    });
  });

  it('keeps nothing of WhatsApp', async () => {
    await start();
    const whatsApp = byHand(single, { channel: 'whatsapp', sender: 'whatsapp:+15005550006' });
    await harness.enqueue(whatsApp, byHand(household));
    await untilStatus(household, 'opt-out');
    const ended = async () =>
      (await harness.ledger.read({ workspace: 'default', channel: 'whatsapp', phone: whatsApp.phone }))
        ?.destinations?.twilio_consents?.appliedVersion === 1;
    await waitFor(ended, { what: 'the mark' });
    expect([...twilio.account(SID).consents.keys()]).toEqual([`${SENDER} ${household}`]);
  });

  it('gets up to 25 in a request', async () => {
    await start();
    twilio.behave({ delayMs: 500 });
    const phones = Array.from({ length: 60 }, (_, n) => phoneOf(n));
    await harness.enqueue(...phones.map((phone) => byHand(phone)));
    for (const phone of phones) await untilStatus(phone, 'opt-out');
    expect(twilio.writes.length).toBeLessThan(20);
  });
});

describe('a refusal', () => {
  it('of one number is the dead letter of that one alone', async () => {
    await start();
    twilio.account(SID).refusedContacts.add(single);
    const refused = byHand(single);
    await harness.enqueue(refused, byHand(household));
    await untilStatus(household, 'opt-out');
    await waitFor(async () => (await deadLetters()).length === 1, { what: 'the dead letter' });
    expect(await deadLetters()).toMatchObject([
      {
        stage: 'twilio_consents',
        code: 'twilio_consent_refused',
        message: 'Twilio refuses it with 30646: INVALID_CONTACT_ID',
        undone: { destination: 'twilio_consents', messageSids: [refused.messageSid] },
      },
    ]);
    expect(harness.attribute(single)).toEqual([true]);
    expect((await harness.entry(single))?.history[0]?.outcome).toBe('applied');
    expect(
      JSON.stringify([await deadLetters().then(([one]) => one?.message), harness.logLines]),
    ).not.toContain(single);
  });

  it('of one sender names it in the dead letter, and the other senders have the opt-out', async () => {
    const prefix = { QUEUE_PREFIX: `test-${randomUUID()}` };
    await withAccountScope(async (configured) => {
      await start({ ...prefix, ...(await configured(`['${SENDER}', 'ACME', '+15005550007']`)) });
      await harness.enqueue(byHand(single));
      await waitFor(async () => (await deadLetters()).length === 1, { what: 'the dead letter' });
      expect(await deadLetters()).toMatchObject([
        {
          code: 'twilio_sender_refused',
          message: 'Twilio refuses the sender ACME with 30646: INVALID_SENDER_ID',
        },
      ]);
      expect([statusOf(single), statusOf(single, '+15005550007')]).toEqual(['opt-out', 'opt-out']);
      await harness.stop();
      await start({ ...prefix, ...(await configured(`['${SENDER}', '+15005550007']`)) });
      const run = await harness.queues.runs.create({ filter: {}, by: 'Ann', why: 'removed ACME' });
      await enqueueReplay(harness.queues, run.id);
      await waitFor(async () => (await held(single)) === 1, { what: 'the mark' });
      expect(await deadLetters()).toEqual([]);
    });
  });

  it('that is a fault of Twilio at one number is tried again', async () => {
    await start();
    twilio.account(SID).failingConsents = 1;
    await harness.enqueue(byHand(single));
    await untilStatus(single, 'opt-out');
    await waitFor(async () => (await held(single)) === 1, { what: 'the mark' });
    expect(twilio.account(SID).failingConsents).toBe(0);
    expect(await deadLetters()).toEqual([]);
  });

  it('of a whole request with 4xx ends no other number', async () => {
    await start();
    twilio.failNext({ status: 400 }, { status: 400 });
    const phones = Array.from({ length: 10 }, (_, n) => phoneOf(n));
    await harness.enqueue(...phones.map((phone) => byHand(phone)));
    const ended = async () =>
      phones.filter((phone) => statusOf(phone) === 'opt-out').length + (await deadLetters()).length === 10;
    await waitFor(ended, { what: 'the end of all', timeoutMs: 60_000 });
    // Two requests were refused: at most that many numbers, each sent alone.
    expect((await deadLetters()).length).toBeLessThanOrEqual(2);
    for (const { code } of await deadLetters()) expect(code).toBe('twilio_refused');
  });

  it('of the key lets opt-outs wait, and nothing else', async () => {
    await start();
    twilio.behave({ failure: { status: 401 } });
    await harness.enqueue(byHand(single));
    // TwilioConsentsWait watches it.
    await waitFor(async () => (await harness.metric('optout_twilio_breaker_state')) === 2, {
      what: 'the gauge',
    });
    await waitFor(() => harness.logLines.some((line) => line.includes('twilio_consents_wait')), {
      what: 'the log line',
    });
    expect(harness.attribute(single)).toEqual([true]);
    expect(await harness.metric('optout_workspace_paused')).toBe(0);
    twilio.behave();
    await untilStatus(single, 'opt-out');
    await waitFor(async () => (await harness.metric('optout_twilio_breaker_state')) === 0, {
      what: 'the gauge to be back',
    });
    expect(await deadLetters()).toEqual([]);
  });
});

describe('a Twilio that', () => {
  it.each([
    ['hangs', { delayMs: 60_000 }],
    ['closes connections', { failure: { status: 0 } }],
    ['answers 503', { failure: { status: 503 } }],
    ['answers 429', { failure: { status: 429, headers: { 'retry-after': '1' } } }],
  ])('%s delays no attribute, and gets the opt-outs later', async (_, behaviour) => {
    await start();
    twilio.behave(behaviour);
    await harness.enqueue(byHand(single));
    await waitFor(() => twilio.writes.includes(PATH), { what: 'a request' });
    await harness.enqueue(inboundEvent(household));
    await harness.settled(single, household);
    expect(harness.attribute(household)).toEqual([true, true, true]);
    expect([await held(single), statusOf(single)]).toEqual([0, undefined]);
    twilio.behave();
    await untilStatus(single, 'opt-out');
    await waitFor(async () => (await held(single)) === 1, { what: 'the mark' });
    expect(await deadLetters()).toEqual([]);
  });
});
