import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { InboundEvent } from '../domain/inbound-event';
import { E164 } from '../domain/phone';
import type { Subject } from '../domain/subject';
import { ledgerKey } from './keys';
import { Ledger } from './ledger';

const redis = new Redis(process.env.TEST_REDIS_URL ?? '');
afterAll(() => redis.quit());

const subjectOf = (n: number): Subject => ({
  workspace: 'default',
  channel: 'sms',
  phone: E164.parse(`+1415555${String(1_000 + n)}`),
});

const stopOf = ({ phone }: Subject, n: number): InboundEvent =>
  InboundEvent.parse({
    version: 1,
    messageSid: `SM${n.toString(16).padStart(32, '0')}`,
    accountSid: 'AC1',
    kind: 'stop',
    channel: 'sms',
    phone,
    sender: '+15005550006',
    source: 'webhook',
    occurredAt: 1_772_013_598_000,
    receivedAt: 1_772_013_598_005,
  });

describe('entries that are settled in the same turn', () => {
  const prefix = `test-${randomUUID()}`;
  const ledger = new Ledger(redis, { prefix });
  const settle = jest.spyOn(redis, 'optoutSettle');
  const subjects = Array.from({ length: 30 }, (_, n) => subjectOf(n));
  const apply = (subject: Subject, people: readonly string[]) =>
    ledger.markApplied(subject, 1, { outcome: 'applied', people }, [{ name: 'native', toPeople: false }]);
  beforeEach(async () => {
    await ledger.recordAll(subjects.map((subject, n) => ({ subject, event: stopOf(subject, n) })));
    settle.mockClear();
  });

  it('share scripts, and each has its own outcome and people', async () => {
    const settled = await Promise.all(subjects.map((subject, n) => apply(subject, [`p${String(n)}`])));
    expect(settle).toHaveBeenCalledTimes(2);
    for (const [n, subject] of subjects.entries()) {
      const messageSid = stopOf(subject, n).messageSid;
      expect(settled[n]).toMatchObject({ needsSync: false, settled: [{ messageSid, outcome: 'applied' }] });
      expect(await ledger.read(subject)).toMatchObject({ appliedVersion: 1, people: [`p${String(n)}`] });
    }
  });

  it('fail alone', async () => {
    await redis.set(ledgerKey(prefix, subjectOf(3)), 'not a hash');
    const settled = await Promise.allSettled(subjects.map((subject) => apply(subject, ['p'])));
    expect(settled.flatMap(({ status }, n) => (status === 'rejected' ? [n] : []))).toEqual([3]);
    expect(settled[3]).toMatchObject({ reason: expect.objectContaining({ name: 'ReplyError' }) as unknown });
  });
});
