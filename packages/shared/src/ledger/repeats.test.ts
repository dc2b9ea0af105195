import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import type { InboundEvent } from '../domain/inbound-event';
import type { Subject } from '../domain/subject';
import { NOW, stop } from '../test-support/stops';
import { Ledger } from './ledger';

const redis = new Redis(process.env.TEST_REDIS_URL ?? '', { maxRetriesPerRequest: null });
afterAll(() => {
  redis.disconnect();
});

let ledger: Ledger;
beforeEach(() => {
  ledger = new Ledger(redis, { prefix: `test-${randomUUID()}` });
});

const subject: Subject = { workspace: 'default', channel: 'sms', phone: stop(1).phone };
const webhook = stop(1);
/** Has Twilio's own time, which the webhook lacks. */
const stream = stop(1, { source: 'event_stream', occurredAt: NOW - 500, receivedAt: NOW + 3_000 });
const repeatsOf = async (event: InboundEvent) => {
  const { result, repeats } = await ledger.record(subject, event);
  return [result, repeats];
};

describe('a message that the ledger has', () => {
  it('is repeated by the very delivery that it was recorded from, with its outcome', async () => {
    expect(await repeatsOf(webhook)).toEqual(['recorded', undefined]);
    expect(await repeatsOf(webhook)).toEqual(['duplicate', 'pending']);
    await ledger.markApplied(subject, 1, { outcome: 'applied', people: ['c1'] });
    expect(await repeatsOf(webhook)).toEqual(['duplicate', 'applied']);
  });

  it('is a duplicate of any other delivery: by another source, or at another time', async () => {
    await ledger.record(subject, webhook);
    expect(await repeatsOf({ ...webhook, receivedAt: NOW + 1 })).toEqual(['duplicate', undefined]);
    expect(await repeatsOf(stop(1, { source: 'studio' }))).toEqual(['duplicate', undefined]);
    expect(await repeatsOf(stop(1, { source: 'event_stream' }))).toEqual(['duplicate', undefined]);
  });

  it('is still repeated by that delivery when another one has corrected its time', async () => {
    await ledger.record(subject, webhook);
    expect(await repeatsOf(stream)).toEqual(['duplicate', undefined]);
    expect(await repeatsOf(webhook)).toEqual(['duplicate', 'pending']);
    expect(await repeatsOf({ ...webhook, receivedAt: NOW + 1 })).toEqual(['duplicate', undefined]);
  });

  it('is not repeated by a delivery of another kind', async () => {
    const help = stop(1, { kind: 'help' });
    expect(await repeatsOf(help)).toEqual(['ignored', undefined]);
    expect(await repeatsOf(help)).toEqual(['duplicate', 'ignored']);
    expect(await repeatsOf(webhook)).toEqual(['recorded', undefined]);
    expect(await repeatsOf(help)).toEqual(['duplicate', undefined]);
  });
});
