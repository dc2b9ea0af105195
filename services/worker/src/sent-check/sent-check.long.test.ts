import { Redis } from 'ioredis';
import { waitFor } from '@optout-sync/local-runtime/process';
import type { InboundEvent } from '@optout-sync/shared/domain';
import { MessageLogProgress, SentAfterLists, sentAfterKey } from '@optout-sync/shared/sent-after';
import {
  TWILIO_ACCOUNT_SID as ACCOUNT,
  loggedBlocked,
  loggedInbound,
  startTwilioApi,
  type LoggedMessage,
  type TwilioApi,
} from '@optout-sync/twilio-simulator';
import type { SentCheckTimes } from './times';
import { inboundEvent, startHarness, type Harness } from '../test-support/worker-harness';

const [KEY, SECRET] = [`SK${'0'.repeat(32)}`, 'a-secret-of-that-key'];
const [PHONE, OTHER] = ['+14155550101', '+14155550102'];
const NUMBER = '+15005550006';
const FAST: Partial<SentCheckTimes> = {
  roundMs: 50,
  lagMs: 1_000,
  requestGapMs: 1,
  retryMs: 50,
  scrapeMs: 0,
};

const redis = new Redis(process.env.TEST_REDIS_URL ?? '');
afterAll(() => redis.quit());

let api: TwilioApi;
let harnesses: Harness[];
beforeEach(async () => {
  harnesses = [];
  api = await startTwilioApi({ [ACCOUNT]: '0'.repeat(32) });
  api.addKey({ sid: KEY, secret: SECRET, accountSid: ACCOUNT });
});
afterEach(async () => {
  await Promise.all(harnesses.map((harness) => harness.stop()));
  await api.stop();
});

async function start(
  env: Record<string, string> = {},
  times: Partial<SentCheckTimes> = {},
): Promise<Harness> {
  const harness = await startHarness({
    env: {
      RECONCILE_PERIOD: 'off',
      SENT_CHECK_PERIOD: '1s',
      TWILIO_ACCOUNT_SID: ACCOUNT,
      TWILIO_API_KEY: KEY,
      TWILIO_API_SECRET: SECRET,
      TWILIO_API_URL: api.url,
      ...env,
    },
    overrides: { sentCheck: { ...FAST, ...times } },
  });
  harnesses.push(harness);
  return harness;
}

/** A message that Twilio sent at a time, to the second as its times are. */
const sent = (at: number, given: LoggedMessage = {}): LoggedMessage =>
  loggedInbound(new Date(at), {
    direction: 'outbound-api',
    messaging_service_sid: null,
    from: NUMBER,
    to: PHONE,
    status: 'delivered',
    ...given,
  });

/** Has a phone opt out some minutes ago. */
async function optedOut(
  harness: Harness,
  phone: string,
  given: Partial<InboundEvent> = {},
): Promise<InboundEvent> {
  const event = inboundEvent(phone, { occurredAt: Date.now() - 400_000, ...given });
  await harness.enqueue(event);
  await harness.settled(phone);
  return event;
}

const found = async ({ prefix }: Harness, relation: 'same_sender' | 'other_sender' = 'same_sender') =>
  (await new SentAfterLists(redis, prefix).page(relation, { limit: 100 })).entries;

async function foundAre(harness: Harness, sids: readonly unknown[]): Promise<void> {
  await waitFor(async () => (await found(harness)).length >= sids.length, {
    what: `${String(sids.length)} findings`,
    timeoutMs: 30_000,
  });
  expect((await found(harness)).map(({ messageSid }) => messageSid).sort()).toEqual([...sids].sort());
}

/** Waits until the log has been read up to now. */
async function read({ prefix }: Harness): Promise<void> {
  const progress = new MessageLogProgress(redis, prefix);
  const [seconds] = await redis.time();
  await waitFor(
    async () => ((await progress.readAll()).get(ACCOUNT)?.until ?? 0) > Number(seconds) * 1_000 + 1_000,
    { what: 'the message log to be read', timeoutMs: 30_000 },
  );
}

const relations = (harness: Harness, relation: string): Promise<number | undefined> =>
  harness.metric(`optout_sent_after_optout_total{relation="${relation}"`);

describe('the check of what was sent after an opt-out', () => {
  it('finds a message from the sender that the person opted out of, stores it once, and counts it once', async () => {
    const harness = await start();
    expect(await relations(harness, 'same_sender')).toBe(0);
    const stop = await optedOut(harness, PHONE);
    const message = sent(Date.now());
    api.log(message, sent(Date.now(), { to: OTHER }));
    await foundAre(harness, [message.sid]);
    expect(await found(harness)).toMatchObject([
      {
        relation: 'same_sender',
        workspace: 'default',
        channel: 'sms',
        phone: PHONE,
        sender: NUMBER,
        status: 'delivered',
        optOut: { messageSid: stop.messageSid, occurredAt: stop.occurredAt },
      },
    ]);
    await read(harness);
    await read(harness);
    expect(await relations(harness, 'same_sender')).toBe(1);
    const line = harness.logLines.find((text) => text.includes('sent after an opt-out')) ?? '';
    expect(line).toContain(String(message.sid));
    expect(line).not.toContain(PHONE);
  });

  it('keeps other senders, the confirmation and blocked messages apart', async () => {
    const harness = await start();
    await optedOut(harness, PHONE);
    await optedOut(harness, OTHER, { occurredAt: Date.now() - 60_000 });
    const elsewhere = sent(Date.now(), { from: '+15005550009' });
    const [first, second] = [
      sent(Date.now() - 30_000, { to: OTHER }),
      sent(Date.now() - 20_000, { to: OTHER }),
    ];
    api.log(elsewhere, second, first, loggedBlocked(new Date(), { messaging_service_sid: null }));
    await foundAre(harness, [second.sid]);
    await waitFor(async () => (await found(harness, 'other_sender')).length === 1, {
      what: 'the other sender',
    });
    expect((await found(harness, 'other_sender'))[0]?.messageSid).toBe(elsewhere.sid);
    await read(harness);
    expect(await relations(harness, 'confirmation')).toBe(1);
    expect(await relations(harness, 'blocked')).toBe(1);
  });

  it('counts messages and opt-outs by sender', async () => {
    const harness = await start();
    await read(harness);
    await optedOut(harness, PHONE);
    api.log(sent(Date.now(), { to: OTHER }), sent(Date.now(), { to: OTHER }), loggedInbound(new Date()));
    await waitFor(async () => (await harness.metric('optout_messages_sent_total{sender="0006"')) === 2, {
      what: 'the count of messages',
      timeoutMs: 30_000,
    });
    expect(await harness.metric('optout_opt_outs_total{sender="0006"')).toBe(1);
    // The first one reads them again, and its counts are in the metric before the second one ends.
    await read(harness);
    await read(harness);
    expect(await harness.metric('optout_messages_sent_total{sender="0006"')).toBe(2);
  });

  it('continues where another worker ended, and finds what was sent while none ran', async () => {
    const first = await start();
    await optedOut(first, PHONE);
    await read(first);
    await first.worker.stop();
    const message = sent(Date.now());
    api.log(message);
    const second = await start({ QUEUE_PREFIX: first.prefix });
    await foundAre(second, [message.sid]);
  });

  it('reads by one worker at a time', async () => {
    const first = await start();
    await read(first);
    const second = await start({ QUEUE_PREFIX: first.prefix });
    const holder = await redis.get(sentAfterKey(first.prefix, 'lease'));
    await read(second);
    expect(await redis.get(sentAfterKey(first.prefix, 'lease'))).toBe(holder);
    await first.worker.stop();
    await read(second);
    expect(await redis.get(sentAfterKey(first.prefix, 'lease'))).not.toBe(holder);
  });

  it('repeats what failed, while opt-outs are applied', async () => {
    api.failNext(...Array.from({ length: 3 }, () => ({ status: 401 })));
    const harness = await start();
    const failed = (): string | undefined =>
      harness.logLines.find((line) => line.includes('message log could not be read'));
    await waitFor(failed, { what: 'the log line', timeoutMs: 30_000 });
    expect(failed()).toContain('twilio_unauthorized');
    expect(failed()).not.toContain(SECRET);
    await optedOut(harness, PHONE);
    const message = sent(Date.now());
    api.log(message);
    await foundAre(harness, [message.sid]);
  });

  it('counts what it found of a part whose next page fails, though it is not found again', async () => {
    const harness = await start();
    await optedOut(harness, PHONE);
    await read(harness);
    const at = Date.now();
    const message = sent(at);
    // The latest comes first: it is on the page before the one that fails.
    api.log(message, ...Array.from({ length: 1_000 }, () => sent(at - 60_000, { to: OTHER })));
    api.failNext('none', { status: 401 });
    await foundAre(harness, [message.sid]);
    await waitFor(async () => (await relations(harness, 'same_sender')) === 1, { what: 'the count' });
    await read(harness);
    expect(await relations(harness, 'same_sender')).toBe(1);
  });

  it.each([
    ['not before Prometheus has seen the counter of a new worker at 0', 600_000, 0],
    ['after that', 5_000, 1],
  ])('counts what it found %s', async (_, scrapeMs, count) => {
    const harness = await start({}, { scrapeMs });
    await optedOut(harness, PHONE);
    const message = sent(Date.now());
    api.log(message);
    await foundAre(harness, [message.sid]);
    await waitFor(() => harness.logLines.some((line) => line.includes(String(message.sid))), {
      what: 'the log line',
    });
    await waitFor(async () => (await relations(harness, 'same_sender')) === count, { what: 'the count' });
    await read(harness);
    expect(await relations(harness, 'same_sender')).toBe(count);
  });

  it('reads nothing unless it is configured', async () => {
    const harness = await start({ SENT_CHECK_PERIOD: 'off', TWILIO_API_KEY: '', TWILIO_API_SECRET: '' });
    await optedOut(harness, PHONE);
    expect(api.requests).toEqual([]);
    expect(await redis.exists(sentAfterKey(harness.prefix, 'lease'))).toBe(0);
    expect(await harness.metric('optout_messages_sent_total')).toBeUndefined();
  });
});
