import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { InboundEvent, type EventSource } from '@optout-sync/shared/domain';
import { Ledger } from '@optout-sync/shared/ledger';
import { everyOptOut, type OptOutFilter } from './list';

const redis = new Redis(process.env.TEST_REDIS_URL ?? '');
const ledger = new Ledger(redis, { prefix: `test-${randomUUID()}` });
afterAll(() => redis.quit());

let sent = 0;

async function record(
  phone: string,
  source: EventSource,
  kind: 'stop' | 'start',
  sender: string,
): Promise<void> {
  const at = 1_772_013_598_000 + sent++;
  const event = InboundEvent.parse({
    version: 1,
    messageSid: `SM${String(sent).padStart(32, '0')}`,
    accountSid: `AC${'1'.repeat(32)}`,
    kind,
    channel: 'sms',
    phone,
    sender,
    source,
    occurredAt: at,
    receivedAt: at,
  });
  await ledger.record({ workspace: 'default', channel: 'sms', phone: event.phone }, event);
}

async function phones(filter: Partial<OptOutFilter>): Promise<string[]> {
  const found = [];
  const query = { filter: { pending: false, ...filter }, policies: new Map() };
  for await (const { optOuts } of everyOptOut({ ledger }, query)) {
    found.push(...optOuts.map(({ subject }) => subject.phone));
  }
  return found.sort();
}

describe('the filters by source and reason', () => {
  const [byWebhook, imported, both] = ['+14155550101', '+14155550102', '+14155550103'];
  beforeAll(async () => {
    await record(byWebhook, 'webhook', 'stop', 'MG1');
    await record(imported, 'import', 'stop', 'MG1');
    await record(both, 'import', 'stop', 'MG1');
    await record(both, 'webhook', 'start', 'MG2');
  });

  it('selects by the messages that decide for the present state', async () => {
    expect(await phones({ source: 'webhook' })).toEqual([byWebhook]);
    expect(await phones({ source: 'import' })).toEqual([imported, both]);
    expect(await phones({ source: 'studio' })).toEqual([]);
    expect(await phones({})).toEqual([byWebhook, imported, both]);
  });

  it('selects by the reasons of the present state', async () => {
    expect(await phones({ reason: 'message' })).toEqual([byWebhook]);
    expect(await phones({ reason: 'import' })).toEqual([imported, both]);
    expect(await phones({ reason: 'message', source: 'import' })).toEqual([]);
    expect(await phones({ reason: 'message', sender: 'MG2' })).toEqual([both]);
    expect(await phones({ reason: 'reassigned' })).toEqual([]);
  });

  it('considers the sender that is given alone', async () => {
    expect(await phones({ source: 'webhook', sender: 'MG2' })).toEqual([both]);
    expect(await phones({ source: 'import', sender: 'MG2' })).toEqual([]);
  });
});
