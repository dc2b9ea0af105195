import { DEMO_PHONES, seedDemoPeople } from '@optout-sync/customerio-sandbox';
import { waitFor } from '@optout-sync/local-runtime/process';
import type { InboundEvent } from '@optout-sync/shared/domain';
import { enqueueInbound } from '@optout-sync/shared/queues';
import { connectRedis } from '@optout-sync/shared/redis';
import { formOfKey } from '@optout-sync/shared/stored-forms';
import { System, inParallel, type Running } from '@optout-sync/testkit/system';
import { twilioMessage } from '@optout-sync/twilio-simulator';
import { inboundEvent } from './support/inbound-event';

jest.setTimeout(240_000);

let system: System;
let ingests: [Running, Running];
let worker: Running;

beforeAll(async () => {
  system = await System.start();
  seedDemoPeople(system.sandbox.workspace());
  ingests = await Promise.all([system.startIngest(), system.startIngest()]);
  worker = await system.startWorker();
});
afterAll(async () => {
  await system.stop();
});
afterEach(() => {
  expect(system.sandbox.workspace().createdPeople()).toEqual([]);
});

/** Adds `count` people to Customer.io, each with another number. Returns the numbers. */
function people(count: number, firstNumber: number): string[] {
  const phones = Array.from({ length: count }, (_, n) => `+1415${String(firstNumber + n)}`);
  for (const phone of phones) system.sandbox.workspace().addPerson({ attributes: { phone } });
  return phones;
}

const ACCEPTED = { status: 200, body: expect.stringContaining('<Response/>') as string };

describe('the whole system', () => {
  it('applies a STOP to everyone who shares the number, and clears it on a START', async () => {
    const { household } = DEMO_PHONES;
    const stop = twilioMessage({ From: household, Body: 'Stop', OptOutType: 'STOP' });
    expect(await system.deliver(ingests[0], stop)).toMatchObject(ACCEPTED);
    await system.settled([household], 1);
    expect(system.attribute(household)).toEqual([true, true, true]);

    const start = twilioMessage({ From: household, Body: 'start', OptOutType: undefined });
    expect(await system.deliver(ingests[1], start, { method: 'GET' })).toMatchObject(ACCEPTED);
    await system.settled([household], 2);
    expect(system.attribute(household)).toEqual([false, false, false]);
  });

  it('changes nothing on HELP, other text and forged requests', async () => {
    const { single } = DEMO_PHONES;
    const message = (Body: string): ReturnType<typeof twilioMessage> =>
      twilioMessage({ From: single, Body, OptOutType: undefined });
    expect(await system.deliver(ingests[0], message('HELP'))).toMatchObject(ACCEPTED);
    expect(await system.deliver(ingests[0], message("Stop, that's so funny"))).toMatchObject(ACCEPTED);
    const forged = await system.deliver(ingests[0], message('STOP'), { authToken: 'f'.repeat(32) });
    expect(forged.status).toBe(403);
    await system.settled([single], 1);
    expect((await system.entry(single))?.history.map(({ outcome }) => outcome)).toEqual(['ignored']);
    expect(system.attribute(single)).toEqual([undefined]);
    expect(await system.metric('optout_webhooks_total', 'outcome="bad_signature"')).toBe(1);
    expect(await system.metric('optout_webhooks_total', 'outcome="not_a_keyword"')).toBe(1);
  });

  it('changes the ledger 1,000 times for 1,000 STOPs that are each delivered 5 times at once to two ingests', async () => {
    const phones = people(1_000, 5_551_000);
    const before = await system.metric('optout_ledger_changes_total');
    const deliveries = phones.flatMap((From) => {
      const stop = twilioMessage({ From, OptOutType: 'STOP' });
      return Array.from({ length: 5 }, (_, n) => ({ stop, ingest: ingests[n % 2] as Running }));
    });
    await inParallel(deliveries, 60, async ({ stop, ingest }) => {
      expect((await system.deliver(ingest, stop)).status).toBe(200);
    });
    await system.settled(phones, 1, 60_000);
    expect((await system.metric('optout_ledger_changes_total')) - before).toBe(1_000);
    const entries = await Promise.all(phones.map((phone) => system.entry(phone)));
    expect(
      entries.filter((entry) => entry?.version === 1 && entry.history[0]?.outcome === 'applied'),
    ).toHaveLength(1_000);
    expect(phones.flatMap((phone) => system.attribute(phone))).toEqual(phones.map(() => true));
    expect(system.sandbox.requests({ operation: 'search' }).length).toBeLessThan(phones.length / 2);
  });

  it('applies the last message when pairs of STOP and START arrive in the wrong order', async () => {
    const phones = people(100, 5_553_000);
    const now = Date.now();
    const eventAt = (phone: string, n: number, kind: 'stop' | 'start', at: number): InboundEvent =>
      inboundEvent(phone, { kind, source: 'event_stream', occurredAt: now + at, receivedAt: now + n });
    const pairs = phones.map((phone, n) => {
      const [first, second] = n % 2 === 0 ? (['stop', 'start'] as const) : (['start', 'stop'] as const);
      return [eventAt(phone, n, second, 1), eventAt(phone, n, first, 0)] as const;
    });
    for (const later of pairs.map((pair) => pair[0])) await enqueueInbound(system.queues, later);
    await waitFor(async () => (await system.entry(phones.at(-1) ?? ''))?.version === 1, {
      what: 'the later half',
    });
    for (const earlier of pairs.map((pair) => pair[1])) await enqueueInbound(system.queues, earlier);
    await system.settled(phones, 2);
    expect(phones.map((phone) => system.attribute(phone))).toEqual(phones.map((_, n) => [n % 2 === 1]));
    expect(await system.metric('optout_events_total', 'outcome="stale"')).toBe(100);
  });

  it('loses nothing when the worker is killed during work, and sets all within 25 s', async () => {
    const phones = people(400, 5_555_000);
    await inParallel(phones, 40, async (From) => {
      await system.deliver(ingests[0], twilioMessage({ From, OptOutType: 'STOP' }));
    });
    await waitFor(() => phones.filter((phone) => system.attribute(phone)[0] === true).length > 50, {
      what: 'the worker to be in the middle',
      everyMs: 5,
    });
    await worker.kill('SIGKILL');
    const applied = phones.filter((phone) => system.attribute(phone)[0] === true).length;
    expect(applied).toBeLessThan(phones.length);

    const killedAt = performance.now();
    worker = await system.startWorker();
    await waitFor(() => phones.every((phone) => system.attribute(phone)[0] === true), {
      what: 'the opt-outs',
      timeoutMs: 60_000,
    });
    expect(performance.now() - killedAt).toBeLessThan(25_000);
    // The outcomes of what was set early follow.
    await system.settled(phones, 1);
    expect(phones.map((phone) => system.attribute(phone))).toEqual(phones.map(() => [true]));
    for (const phone of phones) expect((await system.entry(phone))?.version).toBe(1);
  });

  it('dead-letters a signed message that cannot be parsed, and answers 200', async () => {
    const odd = twilioMessage({ MessageSid: 'SM-odd', SmsSid: 'SM-odd', From: DEMO_PHONES.single });
    expect(await system.deliver(ingests[0], odd)).toMatchObject(ACCEPTED);
    const { deadLetters } = await system.queues.deadLetters.page({ limit: 10 });
    expect(deadLetters.map(({ deadLetter }) => deadLetter)).toMatchObject([
      { stage: 'ingest', undone: { type: 'raw', data: { params: { MessageSid: 'SM-odd' } } } },
    ]);
  });

  it('stores nothing in Redis that docs/upgrade.md does not list', async () => {
    const { prefix } = system;
    const config = { mode: 'standalone', prefix, url: system.redis.url } as const;
    const redis = connectRedis(config, 'store', () => undefined);
    const keys = await redis.keys(`*${prefix}*`);
    redis.disconnect();
    expect(keys.length).toBeGreaterThan(20);
    expect(keys.filter((key) => !formOfKey(key, prefix))).toEqual([]);
  });

  it('writes no phone number, body or token into any log', () => {
    const log = system.logLines.join('\n');
    expect(log).toContain('events recorded');
    expect(log).not.toMatch(/\+?1415555\d{4}/);
    expect(log).not.toContain('so funny');
    expect(log).not.toContain(system.sandbox.workspace().trackApiKey);
  });

  it('stops on SIGTERM', async () => {
    const ends = await Promise.all([worker, ...ingests].map((service) => service.stop()));
    expect(ends.map(({ code }) => code)).toEqual([0, 0, 0]);
  });
});
