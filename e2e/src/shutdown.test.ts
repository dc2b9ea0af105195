import { waitFor } from '@optout-sync/local-runtime/process';
import { System, type Running } from '@optout-sync/testkit/system';
import { twilioMessage } from '@optout-sync/twilio-simulator';

jest.setTimeout(90_000);

const FAREWELL_MS = 25_000;

let system: System;
beforeEach(async () => {
  system = await System.start();
});
afterEach(async () => {
  await system.stop();
});

/** Asks a service to stop and gives its exit code and the ms it took. */
async function stopped(service: Running): Promise<{ code: number | null; ms: number }> {
  const startedAt = performance.now();
  await service.kill('SIGTERM');
  const { code } = await service.exited;
  return { code, ms: performance.now() - startedAt };
}

/** A worker in the middle of a job that it cannot end: Customer.io hangs, and then Redis does. */
async function stuckWorker(ingest: Running, phone: string): Promise<Running> {
  const worker = await system.startWorker();
  system.sandbox.workspace().addPerson({ attributes: { phone } });
  const hanging = system.sandbox.fault({ match: { operation: 'search' }, effect: { kind: 'hang' } });
  expect((await system.deliver(ingest, twilioMessage({ From: phone, OptOutType: 'STOP' }))).status).toBe(200);
  await waitFor(() => hanging.hits > 0, { what: 'the job to be under way' });
  hanging.remove();
  await system.redis.kill('SIGSTOP');
  return worker;
}

describe('a service that is told to stop', () => {
  it('is gone within 25 s though Redis hangs, and what it was at is done by the next', async () => {
    const phone = '+14155550181';
    const ingest = await system.startIngest();
    const worker = await stuckWorker(ingest, phone);
    const ends = await Promise.all([stopped(ingest), stopped(worker)]);
    for (const { ms } of ends) expect(ms).toBeLessThan(FAREWELL_MS + 2_000);
    expect(ends[1]).toMatchObject({ code: 1 });
    expect(worker.logs().at(-1)).toContain('"code":"shutdown_timeout"');
    expect(ends[1].ms).toBeGreaterThan(FAREWELL_MS - 1_000);
    await system.redis.kill('SIGCONT');
    await system.startWorker();
    await system.settled([phone]);
    expect(system.attribute(phone)).toEqual([true]);
  });

  it('is gone at once when told a second time', async () => {
    const ingest = await system.startIngest({ INGEST_DRAIN_SECONDS: '10' });
    const worker = await stuckWorker(ingest, '+14155550182');
    const toldAt = performance.now();
    for (const service of [ingest, worker]) {
      await service.kill('SIGTERM');
      await waitFor(() => service.logs().some((line) => line.includes('"msg":"stopping"')), {
        what: `${service.name} to be stopping`,
      });
      expect(service.ended).toBeUndefined();
      await service.kill('SIGTERM');
      expect(await service.exited).toMatchObject({ code: 1 });
    }
    expect(performance.now() - toldAt).toBeLessThan(5_000);
    await system.redis.kill('SIGCONT');
  });

  it('ends what is under way before it goes', async () => {
    const phones = Array.from({ length: 40 }, (_, n) => `+1415555${String(1_900 + n)}`);
    for (const phone of phones) system.sandbox.workspace().addPerson({ attributes: { phone } });
    const [ingest, worker] = [await system.startIngest(), await system.startWorker()];
    const slow = system.sandbox.fault({
      match: { operation: 'batch' },
      effect: { kind: 'latency', ms: 500 },
    });
    for (const From of phones) await system.deliver(ingest, twilioMessage({ From, OptOutType: 'STOP' }));
    await waitFor(() => slow.hits > 0, { what: 'a write to be under way' });
    expect(await stopped(worker)).toMatchObject({ code: 0 });
    const written = phones.filter((phone) => system.attribute(phone)[0] === true);
    expect(written.length).toBeGreaterThan(0);
    const entries = await Promise.all(written.map((phone) => system.entry(phone)));
    expect(entries.filter((entry) => entry?.appliedVersion !== 1)).toEqual([]);
    expect(await system.queues.shards[0].syncOf('default').getActiveCount()).toBe(0);
  });
});
