import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { E164, InboundEvent } from '@optout-sync/shared/domain';
import { Ledger } from '@optout-sync/shared/ledger';
import { optedOutInLedger } from './from-ledger';

const redis = new Redis(process.env.TEST_REDIS_URL ?? '');
const ledger = new Ledger(redis, { prefix: `test-${randomUUID()}` });
afterAll(() => redis.quit());

const OLD = '+15005550077';

async function recordStop(n: number): Promise<string> {
  const phone = E164.parse(`+1415556${String(2_000 + n)}`);
  const event = InboundEvent.parse({
    version: 1,
    messageSid: `SM${String(n).padStart(32, '0')}`,
    accountSid: `AC${'1'.repeat(32)}`,
    kind: 'stop',
    channel: 'sms',
    phone,
    sender: OLD,
    source: 'webhook',
    occurredAt: 1_772_013_598_000 + n,
    receivedAt: 1_772_013_598_000 + n,
  });
  await ledger.record({ workspace: 'default', channel: 'sms', phone }, event);
  return phone;
}

describe('the opt-outs of the ledger, for another sender', () => {
  it('are joined from the pages of a large Redis, each of which finds few', async () => {
    const phones = await Promise.all(Array.from({ length: 30 }, (_, n) => recordStop(n)));
    let pages = 0;
    const fewAPage = {
      list: (options: Parameters<Ledger['list']>[0]) => {
        pages++;
        return ledger.list({ ...options, limit: 3 });
      },
    };
    const senders = [`MG${'a'.repeat(32)}`, OLD];
    const found = [];
    for await (const page of optedOutInLedger(
      { ledger: fewAPage },
      'default',
      { from: OLD, senders },
      undefined,
    ))
      found.push(page);
    expect(pages).toBeGreaterThan(3);
    expect(found).toHaveLength(1);
    expect(found.every(({ examined, next }) => examined >= 30 && next === undefined)).toBe(true);
    const items = found.flatMap((page) => page.items);
    expect(new Set(items.map(({ phone, sender }) => `${phone} ${sender}`))).toEqual(
      new Set(phones.flatMap((phone) => senders.map((sender) => `${phone} ${sender}`))),
    );
    expect(items.map(({ row }) => row)).toEqual(items.map((_, n) => n + 1));
  });
});
