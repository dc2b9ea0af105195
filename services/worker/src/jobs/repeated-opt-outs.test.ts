import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { E164, type InboundEvent, type Subject } from '@optout-sync/shared/domain';
import { Ledger } from '@optout-sync/shared/ledger';
import { inboundEvent } from '../test-support/worker-harness';
import { RepeatedOptOuts } from './repeated-opt-outs';

const redis = new Redis(process.env.TEST_REDIS_URL ?? '');
afterAll(() => redis.quit());

const PHONE = '+14155550191';
const SUBJECT: Subject = { workspace: 'default', channel: 'sms', phone: E164.parse(PHONE) };
const now = Date.now();
const blocked: Partial<InboundEvent> = { occurredAt: now, orderAt: now - 36_000_000 };

function fresh(): { repeated: RepeatedOptOuts; requested: string[]; ttls: () => Promise<number[]> } {
  const prefix = `test-${randomUUID()}`;
  const requested: string[] = [];
  const repeated = new RepeatedOptOuts({
    redis,
    prefix,
    ledger: new Ledger(redis, { prefix }),
    lagMs: 60_000,
    requestForcedSync({ workspace }, lane) {
      requested.push(`${workspace} ${lane}`);
      return Promise.resolve();
    },
  });
  const ttls = async (): Promise<number[]> => {
    const keys = await redis.keys(`${prefix}:*`);
    return Promise.all(keys.map((key) => redis.pttl(key)));
  };
  return { repeated, requested, ttls };
}

describe('an opt-out that confirms an applied one', () => {
  it.each(['webhook', 'event_stream', 'studio', 'manual'] as const)(
    'requests a live forced sync of its phone once a minute, from the source %s',
    async (source) => {
      const { repeated, requested, ttls } = fresh();
      for (let n = 0; n < 3; n++) await repeated.confirm(SUBJECT, inboundEvent(PHONE, { source }), 'live');
      expect(requested).toEqual(['default live']);
      const [ttl] = await ttls();
      expect(ttl).toBeGreaterThan(50_000);
      expect(ttl).toBeLessThanOrEqual(60_000);
    },
  );

  it('requests it in the background for a backfilled or replayed message', async () => {
    const { repeated, requested } = fresh();
    await repeated.confirm(SUBJECT, inboundEvent(PHONE, { source: 'backfill' }), 'background');
    expect(requested).toEqual(['default background']);
  });

  it.each(['status_callback', 'event_stream', 'backfill'] as const)(
    'requests one in the background once in 6 hours for blocked sends from the source %s',
    async (source) => {
      const { repeated, requested, ttls } = fresh();
      const event = inboundEvent(PHONE, { ...blocked, source });
      for (let n = 0; n < 3; n++) await repeated.confirm(SUBJECT, event, 'live');
      expect(requested).toEqual(['default background']);
      const [ttl] = await ttls();
      expect(ttl).toBeGreaterThan(5.9 * 3_600_000);
    },
  );

  it('is limited for each workspace, channel and phone, and blocked sends do not use up the message', async () => {
    const { repeated, requested } = fresh();
    await repeated.confirm(SUBJECT, inboundEvent(PHONE, { ...blocked, source: 'status_callback' }), 'live');
    await repeated.confirm(SUBJECT, inboundEvent(PHONE), 'live');
    await repeated.confirm({ ...SUBJECT, workspace: 'shop' }, inboundEvent(PHONE), 'live');
    await repeated.confirm({ ...SUBJECT, channel: 'whatsapp' }, inboundEvent(PHONE), 'live');
    expect(requested).toEqual(['default background', 'default live', 'shop live', 'default live']);
  });
});
