import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import type { InboundEvent } from '../domain/inbound-event';
import type { Subject } from '../domain/subject';
import { NOW, stop } from '../test-support/stops';
import { Ledger } from './ledger';
import { messageReason } from './reasons';

const HOUR = 3_600_000;

const redis = new Redis(process.env.TEST_REDIS_URL ?? '', { maxRetriesPerRequest: null });
afterAll(() => {
  redis.disconnect();
});

let ledger: Ledger;
let prefix: string;
beforeEach(() => {
  prefix = `test-${randomUUID()}`;
  ledger = new Ledger(redis, { prefix });
});

const subject: Subject = { workspace: 'default', channel: 'sms', phone: stop(1).phone };
/** The nth message of the phone, an opt-out unless overridden. */
const message = (n: number, at: number, more: Parameters<typeof stop>[1] = {}): InboundEvent =>
  stop(n, { phone: subject.phone, occurredAt: at, receivedAt: at, ...more });
const blocked = (n: number, at: number): InboundEvent =>
  message(n, at, { source: 'status_callback', orderAt: at - 10 * HOUR });

async function reasonAfter(...events: readonly InboundEvent[]): Promise<unknown> {
  for (const event of events) await ledger.record(subject, event);
  return (await ledger.read(subject))?.senders.get('MG1')?.reason;
}
const reassigned = message(1, NOW, { source: 'event_stream', reason: 'reassigned' });

describe('the reason of a consent', () => {
  it.each([
    ['message', message(1, NOW)],
    ['message', message(1, NOW, { kind: 'start' })],
    ['wording', message(1, NOW, { keyword: 'leave_me_alone', phrase: 'leave_me_alone' })],
    ['blocked_at_twilio', blocked(1, NOW)],
    ['reassigned', reassigned],
    ['operator', message(1, NOW, { source: 'manual', by: 'Ann', why: 'called' })],
    ['customerio', message(1, NOW, { source: 'manual', by: 'Ann', why: 'moved', reason: 'customerio' })],
    ['import', message(1, NOW, { source: 'import' })],
  ])('is %s', async (reason, event) => {
    expect(await reasonAfter(event)).toBe(reason);
  });

  it.each([
    ['a STOP', 'message', message(1, NOW)],
    ['a reassigned number', 'reassigned', reassigned],
  ])('is that of %s, which later blocked sends confirm', async (_, reason, first) => {
    expect(await reasonAfter(first, blocked(2, NOW + 20 * HOUR), blocked(3, NOW + 40 * HOUR))).toBe(reason);
  });

  it('is that of a blocked send where an opt-in came between', async () => {
    const start = message(2, NOW + HOUR, { kind: 'start' });
    expect(await reasonAfter(message(1, NOW), start, blocked(3, NOW + 20 * HOUR))).toBe('blocked_at_twilio');
  });

  it('remains when the person is erased, without who and why', async () => {
    const byApi = { source: 'manual', by: 'Ann', why: 'a secret', reason: 'api' };
    await ledger.record(subject, message(1, NOW, byApi));
    await ledger.record(subject, message(2, NOW, { sender: 'MG2', phrase: 'leave_me_alone' }));
    await ledger.record(subject, message(3, NOW, { sender: 'MG3' }));
    for (const version of [1, 2, 3]) {
      await ledger.markApplied(subject, version, { outcome: 'applied', people: [] });
    }
    expect(await ledger.erase(subject, { all: false })).toBe('erased');
    const entry = await ledger.read(subject);
    const reasons = [...(entry?.senders ?? [])].map(([sender, { reason }]) => [sender, reason]).sort();
    expect(reasons).toEqual([
      ['MG1', 'api'],
      ['MG2', 'wording'],
      ['MG3', 'message'],
    ]);
    expect(JSON.stringify(entry?.history)).not.toMatch(/Ann|secret|leave_me_alone/);
  });
});

describe('the reason of a message', () => {
  const reasons = async () => (await ledger.read(subject))?.history.map(messageReason);

  it('is missing where it changes no consent', async () => {
    await ledger.record(subject, message(1, NOW, { kind: 'help' }));
    await ledger.record(subject, message(2, NOW + 1, { kind: 'review', phrase: 'blocked_send_63014' }));
    expect(await reasons()).toEqual([undefined, undefined]);
  });

  it("is not our rule for its words once Twilio's OptOutType says that it is a STOP", async () => {
    await ledger.record(subject, message(1, NOW, { kind: 'review', phrase: 'leave_me_alone' }));
    await ledger.record(subject, message(1, NOW, { source: 'event_stream' }));
    expect(await reasons()).toEqual(['message']);
  });

  it('is that of the source where a later release stored one that is not known here', async () => {
    await ledger.record(subject, message(1, NOW, { source: 'manual', by: 'Ann', why: 'called' }));
    await redis.hset(
      `${prefix}:ledger:{default:sms:${subject.phone}}`,
      `w:${stop(1).messageSid}`,
      JSON.stringify({ by: 'Ann', reason: 'a_later_one' }),
    );
    expect(await reasons()).toEqual(['operator']);
  });
});
