import { enqueueInboundBatch, enqueueReplay } from '@optout-sync/shared/queues';
import { waitFor } from '@optout-sync/local-runtime/process';
import { System, type Running } from '@optout-sync/testkit/system';
import { deadLetterOf } from './support/dead-letter';
import { inboundEvent } from './support/inbound-event';
import { deliverStop, newPeople } from './support/stop-workload';

jest.setTimeout(600_000);

const WAITING = 100_000;
const AT_ONCE = 1_000;
/** One in so many of the phones that wait has somebody in Customer.io, so that its look-up takes all three requests. */
const KNOWN_EVERY = 50;
const LIVE_STOPS = 15;
/** How much longer than on an idle system a live STOP may take, in ms. */
const MAX_DELAY_MS = 2_000;

let system: System;
let ingest: Running;
beforeEach(async () => {
  system = await System.start({ sandbox: { latencyMs: 50 }, env: { RECONCILE_PERIOD: 'off' } });
  ingest = await system.startIngest();
  await system.startWorker();
});
afterEach(async () => {
  await system.stop();
});

/** Delivers STOPs of new people, one after the other. Returns the ms from each request until Customer.io holds it. */
async function liveStops(count: number): Promise<number[]> {
  const all: number[] = [];
  while (all.length < count) {
    const [phone = ''] = newPeople(system, 1);
    const startedAt = performance.now();
    expect((await deliverStop(system, ingest, phone)).status).toBe(200);
    await waitFor(() => system.attribute(phone)[0] === true, {
      what: 'the STOP',
      timeoutMs: 60_000,
      everyMs: 5,
    });
    all.push(performance.now() - startedAt);
  }
  return all;
}

/** Calls `store` with all numbers that wait, some at a time. */
async function inSlices(store: (phones: readonly string[]) => Promise<unknown>): Promise<void> {
  for (let first = 0; first < WAITING; first += AT_ONCE) {
    const phones = Array.from({ length: AT_ONCE }, (_, n) => `+1628${String(5_000_000 + first + n)}`);
    for (const [n, phone] of phones.entries()) {
      if (n % KNOWN_EVERY === 0) system.sandbox.workspace().addPerson({ attributes: { phone } });
    }
    await store(phones);
  }
}

/** Expects that live STOPs beside a backlog, once it has begun, take no more than 2 s longer than without one. */
async function expectLiveFirst(begin: () => Promise<unknown>): Promise<void> {
  const idle = Math.max(...(await liveStops(5)));
  await begin();
  const waiting = async (): Promise<number> => {
    const { inbound, syncOf } = system.queues;
    return (await inbound.getPrioritizedCount()) + (await syncOf('default').getPrioritizedCount());
  };
  await waitFor(async () => (await waiting()) > 1_000, { what: 'the backlog', timeoutMs: 60_000 });
  const during = await liveStops(LIVE_STOPS);
  // All of these STOPs were live beside a backlog.
  expect(await waiting()).toBeGreaterThan(1_000);
  expect(Math.max(...during) - idle).toBeLessThan(MAX_DELAY_MS);
}

const backlogEvent = (phone: string) =>
  inboundEvent(phone, { source: 'status_callback', orderAt: Date.now() - 60_000 });

it('100,000 first-time status callbacks delay no live STOP by more than 2 s', async () => {
  await expectLiveFirst(() =>
    inSlices((phones) => enqueueInboundBatch(system.queues, phones.map(backlogEvent))),
  );
});

it('100,000 dead letters that are replayed delay no live STOP by more than 2 s', async () => {
  const { deadLetters, runs } = system.queues;
  await inSlices((phones) =>
    Promise.all(phones.map((phone) => deadLetters.put(deadLetterOf(backlogEvent(phone))))),
  );
  await expectLiveFirst(async () => {
    const { id } = await runs.create({ filter: {}, by: 'Ann', why: 'the error is corrected' });
    await enqueueReplay(system.queues, id);
  });
});
