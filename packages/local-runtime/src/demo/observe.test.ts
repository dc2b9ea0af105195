import { randomUUID } from 'node:crypto';
import {
  seedDemoPeople,
  startCustomerIoSandbox,
  type CustomerIoSandbox,
} from '@optout-sync/customerio-sandbox';
import type { RedisConfig } from '@optout-sync/shared/config';
import { InboundEvent } from '@optout-sync/shared/domain';
import { Ledger } from '@optout-sync/shared/ledger';
import { connectRedis } from '@optout-sync/shared/redis';
import { messageSid } from '@optout-sync/twilio-simulator';
import { observe } from './observe';
import { SAMPLES, type Fate, type Sample } from './samples';
import type { Delivery } from './send-samples';

const config: RedisConfig = {
  mode: 'standalone',
  url: process.env.TEST_REDIS_URL ?? '',
  prefix: `test-${randomUUID()}`,
};
const redis = connectRedis(config, 'store', () => undefined);
const ledger = new Ledger(redis, { prefix: config.prefix });

let sandbox: CustomerIoSandbox;
beforeAll(async () => {
  sandbox = await startCustomerIoSandbox();
  seedDemoPeople(sandbox.workspace());
});
afterAll(async () => {
  await sandbox.stop();
  redis.disconnect();
});

const sampleThat = (fate: Fate) => SAMPLES.find((sample) => sample.fate === fate) as Sample;
const delivered = (sample: Sample, sid: string = messageSid()): Delivery => ({
  sample,
  sid,
  status: sample.status,
});
const subjectOf = (event: InboundEvent) => ({
  workspace: 'default',
  channel: event.channel,
  phone: event.phone,
});

/** Has the ledger record the delivery's message, as the worker does. */
async function record({ sample, sid }: Delivery): Promise<InboundEvent> {
  const event = InboundEvent.parse({
    version: 1,
    messageSid: sid,
    accountSid: 'AC1',
    kind: 'stop',
    channel: 'sms',
    phone: sample.from,
    sender: '+15005550006',
    source: 'webhook',
    occurredAt: Date.now(),
    receivedAt: Date.now(),
  });
  await ledger.record(subjectOf(event), event);
  return event;
}

async function fatesOf(...deliveries: Delivery[]): Promise<Fate[]> {
  const { observed } = await observe(deliveries, config, sandbox.url);
  return observed.map(({ fate }) => fate);
}

test('a message has the outcome that the ledger keeps, a repeated one is a duplicate', async () => {
  const first = delivered(sampleThat('applied'));
  const again = delivered(sampleThat('duplicate'), first.sid);
  const event = await record(first);
  expect(await fatesOf(first)).toEqual(['pending']);
  await ledger.markApplied(subjectOf(event), 1, { outcome: 'applied', people: ['a1'] });
  expect(await fatesOf(first, again)).toEqual(['applied', 'duplicate']);
});

test('what the ledger does not know was refused, no opt-out, or lost', async () => {
  const fates = await fatesOf(
    delivered(sampleThat('refused')),
    delivered(sampleThat('no_opt_out')),
    delivered(sampleThat('no_match')),
  );
  expect(fates).toEqual(['refused', 'no_opt_out', 'lost']);
});

test('the people who share a number are read from the sandbox, and those that requests created are counted', async () => {
  const { observed, created } = await observe([delivered(sampleThat('applied'))], config, sandbox.url);
  expect(observed[0]?.attributes).toEqual([undefined, undefined, undefined]);
  expect(created).toBe(0);
});
