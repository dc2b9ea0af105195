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
import { SAMPLES, type SampleOutcome, type Sample } from './samples';
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

const sampleWith = (outcome: SampleOutcome) => SAMPLES.find((sample) => sample.outcome === outcome) as Sample;
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

/** Records the delivery's message in the ledger, as the worker does. */
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

async function outcomesOf(...deliveries: Delivery[]): Promise<SampleOutcome[]> {
  const { observed } = await observe(deliveries, config, sandbox.url);
  return observed.map(({ outcome }) => outcome);
}

test('a message has the outcome in the ledger, and a repeated one is a duplicate', async () => {
  const first = delivered(sampleWith('applied'));
  const again = delivered(sampleWith('duplicate'), first.sid);
  const event = await record(first);
  expect(await outcomesOf(first)).toEqual(['pending']);
  await ledger.markApplied(subjectOf(event), 1, { outcome: 'applied', people: ['a1'] });
  expect(await outcomesOf(first, again)).toEqual(['applied', 'duplicate']);
});

test('a message without ledger entry is refused, no opt-out, or missing', async () => {
  const outcomes = await outcomesOf(
    delivered(sampleWith('refused')),
    delivered(sampleWith('no_opt_out')),
    delivered(sampleWith('no_match')),
  );
  expect(outcomes).toEqual(['refused', 'no_opt_out', 'missing']);
});

test('the people who share a number are read from the sandbox, and people that requests created are counted', async () => {
  const { observed, created } = await observe([delivered(sampleWith('applied'))], config, sandbox.url);
  expect(observed[0]?.attributes).toEqual([undefined, undefined, undefined]);
  expect(created).toBe(0);
});
