import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import type { CustomerIoSandbox } from '@optout-sync/customerio-sandbox';
import { waitFor } from '@optout-sync/local-runtime/process';
import { inboundEvent, startHarness, type Harness } from '../test-support/worker-harness';
import { OldQueues } from './test-support/old-queues';

const SHARDS = 6;
const redis = new Redis(process.env.TEST_REDIS_URL ?? '', { maxRetriesPerRequest: null });
const prefix = `test-${randomUUID()}`;
const old = new OldQueues(redis, prefix, SHARDS);
const phones = Array.from({ length: 200 }, (_, n) => `+1415558${String(1_000 + n)}`);
/** None of shard 0, whose queues are the present ones. */
const moved = phones.filter((phone) => old.of(phone).opts.prefix !== prefix);
/** Two that have no event of the first test. */
const [first = '', second = ''] = moved.slice(-2);
let harness: Harness;

const beforeStart = (sandbox: CustomerIoSandbox): void => {
  for (const phone of phones) sandbox.workspace().addPerson({ attributes: { phone } });
};
const nothingIsLeft = () => waitFor(async () => (await old.left()) === 0, { what: 'the shards to be empty' });

beforeAll(async () => {
  // Jobs wait on shards before the worker starts.
  for (const phone of phones.slice(0, 60)) await old.addEvent(inboundEvent(phone));
  harness = await startHarness({
    beforeStart,
    env: { QUEUE_PREFIX: prefix, QUEUE_SHARDS: '3' },
    overrides: { lookForShardsMs: 200 },
  });
});
afterAll(async () => {
  await harness.stop();
  await old.close();
  redis.disconnect();
});

describe('a worker beside processes with queue shards', () => {
  it('records every event of an old ingest once, in whatever lane and however delayed', async () => {
    for (const [n, phone] of phones.slice(60, -40).entries()) {
      const delay = n % 5 === 0 ? 100 + n * 10 : 0;
      await old.addEvent(inboundEvent(phone), { priority: n % 3 === 0 ? 10 : 0, delay });
    }
    await harness.settled(...phones.slice(0, -40));
    await nothingIsLeft();
    const entries = await Promise.all(phones.slice(0, -40).map((phone) => harness.entry(phone)));
    expect(entries.map((entry) => entry?.history.map(({ outcome }) => outcome))).toEqual(
      entries.map(() => ['applied']),
    );
    expect(phones.slice(0, -40).flatMap((phone) => harness.attribute(phone))).toEqual(
      entries.map(() => true),
    );
    expect((await harness.metric('optout_events_total{outcome="duplicate"')) ?? 0).toBe(0);
  });

  it('says once for each shard that it is emptied', () => {
    const said = harness.logLines
      .map((line) => JSON.parse(line) as { readonly msg: string; readonly shard?: number })
      .filter(({ msg }) => msg.includes('queue shard'));
    expect(said.map(({ shard }) => shard).sort()).toEqual([1, 2, 3, 4, 5]);
  });

  it('keeps the time, the lane and the attempts of an event that is to be tried again', async () => {
    const event = inboundEvent(first);
    const failures = [{ at: 1, code: 'account_unknown' }];
    const jobId = `${event.messageSid}-stop-webhook`;
    const options = { jobId, priority: 10, delay: 3_600_000 };
    const added = await old.of(first).add('stop', { payload: event, failures }, options);
    await nothingIsLeft();
    const job = await harness.queues.inbound.getJob(jobId);
    expect(job).toMatchObject({
      data: { payload: event, failures },
      priority: 10,
      timestamp: added.timestamp,
    });
    const score = Number(await redis.zscore(harness.queues.inbound.toKey('delayed'), jobId));
    expect(Math.floor(score / 0x1000)).toBe(added.timestamp + 3_600_000);
    await job?.remove();
  });

  it('compares Customer.io with the ledger for a sync that waits, also for a delayed one', async () => {
    const [phone = ''] = moved;
    harness.sandbox.workspace().addPerson({ attributes: { phone } });
    await old.addPhoneJob(phone);
    await waitFor(() => harness.attribute(phone).every((value) => value === true), {
      what: 'the comparison',
    });
    harness.sandbox.workspace().addPerson({ attributes: { phone } });
    const payload = { version: 1, workspace: 'default', channel: 'sms', phone };
    await old.of(phone, 'customerio-sync').add('sync', { payload, failures: [] }, { delay: 3_600_000 });
    await waitFor(() => harness.attribute(phone).every((value) => value === true), {
      what: 'the comparison',
    });
    expect(harness.attribute(phone)).toHaveLength(3);
    await nothingIsLeft();
  });

  it('requests writes to destinations, and leaves what it cannot parse as it is, in workspaces of whatever name', async () => {
    await redis.set(`${prefix}:stored-names`, JSON.stringify({ ledger: {}, queues: { shop: 1 } }));
    await old.addPhoneJob(second, 'customerio-native');
    const data = { payload: { version: 9, workspace: 'shop', phone: second } };
    await old
      .of(second, 'customerio-sync-shop')
      .add('sync', data, { jobId: 'of-a-later-version', priority: 10 });
    await nothingIsLeft();
    const writes = await harness.queues.destinationOf('native', 'default').getJobs(['waiting']);
    expect(writes.map(({ data: { payload } }) => payload.phone)).toEqual([second]);
    const job = await harness.queues.syncOf('shop').getJob('of-a-later-version');
    expect(job).toMatchObject({ data, priority: 10 });
  });
});
