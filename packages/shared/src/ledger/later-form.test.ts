import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { E164 } from '../domain/phone';
import { stop } from '../test-support/stops';
import { Ledger } from './ledger';
import { UnreadableEntryError } from './ledger-entry';
import { uniteEntries } from './unite-entries';

const redis = new Redis(process.env.TEST_REDIS_URL ?? '');
afterAll(() => redis.quit());

describe('an entry in a form of a later release', () => {
  const prefix = `test-${randomUUID()}`;
  const ledger = new Ledger(redis, { prefix });
  const event = stop(1);
  const subject = { workspace: 'default', channel: 'sms', phone: E164.parse(event.phone) } as const;
  const key = `${prefix}:ledger:{default:sms:${event.phone}}`;
  let stored: Record<string, string>;
  beforeAll(async () => {
    await ledger.record(subject, event);
    await redis.hset(key, 'f', '2', 'm:SM00000000000000000000000000000009', 'a row of that release');
    stored = await redis.hgetall(key);
  });
  afterEach(async () => {
    expect(await redis.hgetall(key)).toEqual(stored);
  });

  it('is not read', async () => {
    await expect(ledger.readWhole(subject)).rejects.toThrow(UnreadableEntryError);
  });

  it('takes no message', async () => {
    await expect(ledger.record(subject, { ...stop(2), phone: event.phone })).rejects.toThrow(
      /ledger_entry_unreadable: its form has version 2/,
    );
  });

  it('is not settled', async () => {
    const applied = ledger.markApplied(subject, 1, { outcome: 'applied', people: ['p1'] });
    await expect(applied).rejects.toThrow(/ledger_entry_unreadable: its form has version 2/);
  });

  it('is not erased', async () => {
    await expect(ledger.erase(subject, { all: false })).rejects.toThrow(/ledger_entry_unreadable/);
  });

  it('is not united with another', () => {
    expect(() => uniteEntries(stored, {})).toThrow(UnreadableEntryError);
    expect(() => uniteEntries({}, stored)).toThrow(UnreadableEntryError);
  });
});
