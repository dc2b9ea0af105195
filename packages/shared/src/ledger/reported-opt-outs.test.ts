import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import type { InboundEvent } from '../domain/inbound-event';
import type { Subject } from '../domain/subject';
import { NOW, stop } from '../test-support/stops';
import { Ledger } from './ledger';

const HOUR = 3_600_000;

const redis = new Redis(process.env.TEST_REDIS_URL ?? '');
afterAll(() => redis.quit());

let ledger: Ledger;
beforeEach(() => {
  ledger = new Ledger(redis, { prefix: `test-${randomUUID()}` });
});

const subject: Subject = { workspace: 'default', channel: 'sms', phone: stop(1).phone };
/** The nth message of the phone, an opt-out unless overridden. */
const message = (n: number, at: number, more: Parameters<typeof stop>[1] = {}): InboundEvent =>
  stop(n, { phone: subject.phone, occurredAt: at, receivedAt: at, ...more });
const blocked = (n: number, at: number): InboundEvent =>
  message(n, at, { source: 'status_callback', orderAt: at - 10 * HOUR });
const reassigned = (n: number, at: number): InboundEvent =>
  message(n, at, { source: 'event_stream', reason: 'reassigned' });

/** Records an event, and applies what it makes. */
async function apply(event: InboundEvent) {
  const { result, version } = await ledger.record(subject, event);
  await ledger.markApplied(subject, version, { outcome: 'applied', people: ['c1'] });
  return [result, version];
}

describe('an opt-out of somebody whose block Twilio reported', () => {
  it.each([
    ['a STOP after a blocked send', blocked(1, NOW), message(2, NOW + HOUR)],
    ['a STOP after a reassigned number', reassigned(1, NOW), message(2, NOW + HOUR)],
    ['an override', blocked(1, NOW), message(2, NOW + HOUR, { source: 'manual', by: 'Ann', why: 'called' })],
  ])('makes a version as the first that Twilio did not report: %s', async (_, reported, said) => {
    expect(await apply(reported)).toEqual(['recorded', 1]);
    expect(await ledger.record(subject, said)).toMatchObject({
      result: 'recorded',
      version: 2,
      needsSync: true,
      confirms: false,
    });
    const { settled } = await ledger.markApplied(subject, 2, { outcome: 'applied', people: ['c1'] });
    expect(settled).toMatchObject([{ messageSid: said.messageSid, outcome: 'applied' }]);
    expect(await ledger.record(subject, said)).toMatchObject({ result: 'duplicate', version: 2 });
  });

  it('makes none after another one since the last opt-in, and none when Twilio reports it', async () => {
    await apply(message(1, NOW));
    expect(await apply(blocked(2, NOW + 20 * HOUR))).toEqual(['applied', 1]);
    expect(await apply(reassigned(3, NOW + 21 * HOUR))).toEqual(['applied', 1]);
    expect(await apply(message(4, NOW + 22 * HOUR))).toEqual(['applied', 1]);
    await apply(message(5, NOW + 23 * HOUR, { kind: 'start' }));
    expect(await apply(blocked(6, NOW + 40 * HOUR))).toEqual(['recorded', 3]);
    expect(await apply(message(7, NOW + 41 * HOUR))).toEqual(['recorded', 4]);
  });
});
