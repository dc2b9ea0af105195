import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { InboundEvent } from '../domain/inbound-event';
import { E164 } from '../domain/phone';
import type { Subject } from '../domain/subject';
import { Ledger } from './ledger';

const redis = new Redis(process.env.TEST_REDIS_URL ?? '');
afterAll(() => redis.quit());

const ledger = new Ledger(redis, { prefix: `test-${randomUUID()}` });
let phones = 0;
async function applied(): Promise<Subject> {
  const phone = E164.parse(`+1415555${String(1_000 + phones++)}`);
  const subject = { workspace: 'default', channel: 'sms', phone } as const;
  const event = InboundEvent.parse({
    ...{
      version: 1,
      messageSid: `SM${'0'.repeat(32)}`,
      accountSid: 'AC1',
      kind: 'stop',
      channel: 'sms',
      phone,
    },
    ...{ sender: '+15005550006', source: 'webhook', occurredAt: 1_000, receivedAt: 1_000 },
  });
  await ledger.record(subject, event);
  await ledger.markApplied(subject, 1, { outcome: 'no_match', people: [] });
  return subject;
}
const checked = (people: string[], kind: string) =>
  ({ people, read: true, wrote: true, writes: [{ reason: 'sweep', kind, people }] }) as const;

describe('what comparisons wrote later', () => {
  it('is kept in the entry, with the time, while the outcome of the event stays', async () => {
    const subject = await applied();
    expect(await ledger.read(subject)).not.toHaveProperty('laterWrites');
    await ledger.markChecked(subject, 1, checked(['a1', 'b2'], 'missing'));
    await ledger.markChecked(subject, 1, checked(['c3'], 'orphaned'));
    const entry = await ledger.read(subject);
    expect(entry?.laterWrites).toEqual([
      { at: expect.any(Number) as number, reason: 'sweep', kind: 'missing', people: ['a1', 'b2'], total: 2 },
      { at: entry?.writtenAt, reason: 'sweep', kind: 'orphaned', people: ['c3'], total: 1 },
    ]);
    expect(entry?.history.map(({ outcome }) => outcome)).toEqual(['no_match']);
  });

  it('is the latest ten writes, with the first people of each', async () => {
    const subject = await applied();
    for (let n = 0; n < 12; n++) {
      const people = Array.from({ length: 30 }, (_, person) => `${String(n)}-${String(person)}`);
      await ledger.markChecked(subject, 1, checked(people, 'missing'));
    }
    const writes = (await ledger.read(subject))?.laterWrites ?? [];
    expect(writes.map(({ people }) => people[0])).toEqual(
      Array.from({ length: 10 }, (_, n) => `${String(n + 2)}-0`),
    );
    expect(writes.map(({ people, total }) => [people.length, total])).toEqual(writes.map(() => [20, 30]));
  });

  it('is not kept for a version that is no longer applied', async () => {
    const subject = await applied();
    await ledger.markChecked(subject, 2, checked(['a1'], 'missing'));
    expect(await ledger.read(subject)).not.toHaveProperty('laterWrites');
  });
});
