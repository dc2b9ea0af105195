import { Redis } from 'ioredis';
import { waitFor } from '@optout-sync/local-runtime/process';
import { CatchUpStore, reconcileKey } from '@optout-sync/shared/reconcile';
import { logged, workerGroup, type WorkerGroup } from '../test-support/reconcile-harness';
import { inboundEvent, type Harness } from '../test-support/worker-harness';

const redis = new Redis(process.env.TEST_REDIS_URL ?? '');
afterAll(() => redis.quit());

let group: WorkerGroup;
beforeEach(() => {
  group = workerGroup();
});
afterEach(async () => {
  expect(group.sandbox.workspace().createdPeople()).toEqual([]);
  await group.stop();
});

const ON = { CUSTOMERIO_NATIVE_OPTOUTS: 'true', RECONCILE_PERIOD: 'off' };
const OFF = { RECONCILE_PERIOD: 'off' };
const phoneOf = (n: number): string => `+1415555${String(n).padStart(4, '0')}`;
const store = (): CatchUpStore => new CatchUpStore(redis, group.prefix, 'native');
const stateIs = (state: string): Promise<unknown> =>
  waitFor(async () => (await store().read('default'))?.state === state, { what: `the state ${state}` });

/** The opt-outs of everyone with these numbers, as `<from> <value>`. */
const optOuts = (...phones: string[]): string[][] =>
  phones.map((phone) =>
    group.sandbox
      .workspace()
      .people()
      .filter(({ attributes }) => attributes.phone === phone)
      .flatMap((person) => person.optOuts.map(({ from }) => from))
      .sort(),
  );
const optOutsAre = (phones: string[], expected: string[][]): Promise<unknown> =>
  waitFor(() => JSON.stringify(optOuts(...phones)) === JSON.stringify(expected), {
    what: `the opt-outs ${JSON.stringify(expected)}`,
    timeoutMs: 15_000,
  });

async function said(harness: Harness, phone: string, ...events: ['stop' | 'start', string][]): Promise<void> {
  await harness.enqueue(...events.map(([kind, sender]) => inboundEvent(phone, { kind, sender })));
  await harness.settled(phone);
}

it('writes the opt-outs of stopped senders to a list that is switched on later, and says how far it is', async () => {
  const first = await group.start(OFF);
  for (const n of [1, 2, 3]) group.sandbox.workspace().addPerson({ attributes: { phone: phoneOf(n) } });
  await said(first, phoneOf(1), ['stop', 'MG1'], ['stop', 'MG2']);
  await said(first, phoneOf(2), ['stop', 'MG1'], ['start', 'MG2']);
  await said(first, phoneOf(3), ['start', 'MG1']);
  await stateIs('off');
  await first.worker.stop();

  const second = await group.start(ON);
  await optOutsAre([phoneOf(1), phoneOf(2), phoneOf(3)], [['mg1', 'mg2'], ['mg1'], []]);
  expect(await logged(second, 'all opt-outs from before')).toMatchObject({ examined: 3, requested: 2 });
  await waitFor(async () => (await second.metric('optout_native_catch_up_ratio{workspace="default"')) === 1, {
    what: 'the gauge',
  });
  // No opt-in, and no attribute, is written by it.
  const calls = group.sandbox.requests({ operation: 'optouts_set' });
  expect(calls).toHaveLength(2);
  expect(JSON.stringify(calls)).not.toContain('"optout":false');
});

it('also reaches a number that had an event since the list was switched on', async () => {
  const first = await group.start(OFF);
  group.sandbox.workspace().addPerson({ attributes: { phone: phoneOf(1) } });
  await said(first, phoneOf(1), ['stop', 'MG1']);
  await stateIs('off');
  await first.worker.stop();
  // A worker of the new configuration that never holds the lease applies the next event.
  await redis.set(reconcileKey(group.prefix, 'default', 'lease'), 'another worker', 'PX', 60_000);
  const second = await group.start(ON);
  await second.enqueue(inboundEvent(phoneOf(1), { sender: 'MG2' }));
  await optOutsAre([phoneOf(1)], [['mg2']]);
  await redis.del(reconcileKey(group.prefix, 'default', 'lease'));
  await optOutsAre([phoneOf(1)], [['mg1', 'mg2']]);
});

it('is continued by another worker', async () => {
  const first = await group.start(OFF);
  const phones = Array.from({ length: 20 }, (_, n) => phoneOf(n));
  for (const phone of phones) group.sandbox.workspace().addPerson({ attributes: { phone } });
  for (const phone of phones) await said(first, phone, ['stop', 'MG1']);
  await stateIs('off');
  await first.worker.stop();
  // It stops in the middle: what it has requested stays.
  await store().begin('default', { state: 'running', startedAt: 1, estimated: 20 });
  const second = await group.start(ON);
  await second.worker.stop();
  await group.start(ON);
  await optOutsAre(
    phones,
    phones.map(() => ['mg1']),
  );
  await stateIs('done');
});

it('requests nothing where the list is on when the workspace is first seen', async () => {
  const first = await group.start(ON);
  group.sandbox.workspace().addPerson({ attributes: { phone: phoneOf(1) } });
  await said(first, phoneOf(1), ['stop', 'MG1']);
  await optOutsAre([phoneOf(1)], [['mg1']]);
  await stateIs('done');
  await first.worker.stop();
  const second = await group.start(ON);
  await waitFor(async () => (await second.metric('optout_native_catch_up_ratio{workspace="default"')) === 1, {
    what: 'the gauge',
  });
  expect(group.sandbox.requests({ operation: 'optouts_set' })).toHaveLength(1);
});
