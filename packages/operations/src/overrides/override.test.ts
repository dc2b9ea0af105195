import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { E164, InboundEvent, type Subject } from '@optout-sync/shared/domain';
import { Ledger } from '@optout-sync/shared/ledger';
import { closeQueues, inboundJobId, openQueues } from '@optout-sync/shared/queues';
import { AuditTrail } from '../audit/audit-trail';
import { OperationError } from '../operation-error';
import { overrideConsent, type Override } from './override';

const redis = new Redis(process.env.TEST_REDIS_URL ?? '', { maxRetriesPerRequest: null });
const prefix = `test-${randomUUID()}`;
const queues = openQueues(redis, prefix);
const audit = new AuditTrail(redis, prefix);
afterAll(async () => {
  await closeQueues(queues);
  redis.disconnect();
});

const NOW = 1_772_013_598_000;
const PHONE = E164.parse('+14155550123');
const clock = { now: () => Promise.resolve(NOW) };
const SENDER = `MG${'a'.repeat(32)}`;
const override = (overrides: Partial<Override> = {}): Override => ({
  accountSid: `AC${'1'.repeat(32)}`,
  channel: 'sms',
  phone: PHONE,
  sender: SENDER,
  state: 'started',
  by: 'Ann',
  why: 'asked for it by phone',
  ...overrides,
});

describe('overrideConsent', () => {
  it('enqueues an event like that of a message, with who and why', async () => {
    const event = await overrideConsent({ queues, audit, ledger: clock }, override({ state: 'stopped' }));
    expect(event).toMatchObject({
      kind: 'stop',
      source: 'manual',
      sender: SENDER,
      messagingServiceSid: SENDER,
      by: 'Ann',
      why: 'asked for it by phone',
      occurredAt: NOW,
      receivedAt: NOW,
    });
    expect(event.messageSid).toMatch(/^OV[0-9a-f]{32}$/);
    const payload: unknown = (await queues.inbound.getJob(inboundJobId([event])))?.data.payload.events[0];
    expect(InboundEvent.parse(payload)).toEqual(event);
    const [entry] = (await audit.list({ limit: 1 })).entries;
    expect(entry).toMatchObject({
      action: 'override',
      by: 'Ann',
      why: 'asked for it by phone',
      details: { messageSid: event.messageSid, phone: PHONE, sender: SENDER, state: 'stopped' },
    });
  });

  it("has Redis' time, whatever the clock of the operator's machine shows", async () => {
    const ledger = new Ledger(redis, { prefix });
    const before = await ledger.now();
    jest.useFakeTimers({
      doNotFake: ['nextTick', 'setImmediate', 'setTimeout'],
      now: Date.now() + 3_600_000,
    });
    const event = await overrideConsent({ queues, audit, ledger }, override()).finally(() => {
      jest.useRealTimers();
    });
    expect(event.occurredAt).toBeGreaterThanOrEqual(before);
    expect(event.occurredAt).toBeLessThanOrEqual(await ledger.now());
  });

  it('gives each override its own id', async () => {
    const [one, two] = [
      await overrideConsent({ queues, audit, ledger: clock }, override()),
      await overrideConsent({ queues, audit, ledger: clock }, override()),
    ];
    expect(one.messageSid).not.toBe(two.messageSid);
  });

  it('rejects a missing phone, author or reason without showing a value', async () => {
    const before = await queues.inbound.count();
    const wrong = override({ by: '  ', why: 'x'.repeat(1_001), phone: 'secret-phone' as E164 });
    const error: unknown = await overrideConsent({ queues, audit, ledger: clock }, wrong).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(OperationError);
    expect((error as OperationError).code).toBe('override_invalid');
    expect((error as Error).message).toMatch(
      /phone: .*by: may not be empty; why: may have at most 1000 characters/,
    );
    expect((error as Error).message).not.toContain('secret-phone');
    expect(await queues.inbound.count()).toBe(before);
  });
});

describe('an override in the ledger', () => {
  const subject: Subject = { workspace: 'default', channel: 'sms', phone: PHONE };
  const message = (n: number, kind: 'stop' | 'start', at: number): InboundEvent =>
    InboundEvent.parse({
      ...override(),
      version: 1,
      messageSid: `SM${n.toString(16).padStart(32, '0')}`,
      kind,
      source: 'webhook',
      occurredAt: at,
      receivedAt: at,
    });
  const blocked = (n: number, reportedAt: number): InboundEvent => ({
    ...message(n, 'stop', reportedAt),
    source: 'status_callback',
    orderAt: reportedAt - 36_000_000,
  });
  const freshLedger = (): Ledger => new Ledger(redis, { prefix: `test-${randomUUID()}` });

  it('lifts an opt-out and stores who and why', async () => {
    const ledger = freshLedger();
    await ledger.record(subject, message(1, 'stop', NOW - 1_000));
    const event = await overrideConsent({ queues, audit, ledger: clock }, override());
    expect(await ledger.record(subject, event)).toMatchObject({ result: 'recorded', needsSync: true });
    const entry = await ledger.read(subject);
    expect(entry?.senders.get(SENDER)).toMatchObject({ state: 'started', source: 'manual' });
    expect(entry?.history.at(-1)?.note).toEqual({ by: 'Ann', why: 'asked for it by phone' });
  });

  it('is superseded by a blocked send reported after it, but not by one from before', async () => {
    const ledger = freshLedger();
    await ledger.record(subject, await overrideConsent({ queues, audit, ledger: clock }, override()));
    expect((await ledger.record(subject, blocked(1, NOW - 1))).result).toBe('stale');
    expect((await ledger.record(subject, blocked(2, NOW + 1))).result).toBe('recorded');
    expect((await ledger.read(subject))?.senders.get(SENDER)?.state).toBe('stopped');
  });

  it('is undone by the next blocked send also when an older STOP is known, in every order of arrival', async () => {
    const lifted = await overrideConsent({ queues, audit, ledger: clock }, override());
    const events = [message(1, 'stop', NOW - 60_000), lifted, blocked(2, NOW + 60_000)];
    for (const order of [
      [0, 1, 2],
      [2, 1, 0],
      [1, 2, 0],
      [2, 0, 1],
    ]) {
      const ledger = freshLedger();
      for (const n of order) await ledger.record(subject, events[n]!);
      expect((await ledger.read(subject))?.senders.get(SENDER)?.state).toBe('stopped');
    }
  });

  it('is superseded by a later message of the person, however late it arrives', async () => {
    const ledger = freshLedger();
    await ledger.record(
      subject,
      await overrideConsent({ queues, audit, ledger: clock }, override({ state: 'stopped' })),
    );
    await ledger.record(subject, message(1, 'start', NOW - 1));
    expect((await ledger.read(subject))?.senders.get(SENDER)?.state).toBe('stopped');
    await ledger.record(subject, message(2, 'start', NOW + 1));
    expect((await ledger.read(subject))?.senders.get(SENDER)?.state).toBe('started');
  });
});
