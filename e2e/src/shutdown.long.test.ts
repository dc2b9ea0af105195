import { waitFor } from '@optout-sync/local-runtime/process';
import { System, type Running } from '@optout-sync/testkit/system';
import { twilioMessage } from '@optout-sync/twilio-simulator';

jest.setTimeout(180_000);

const DEADLINE_MS = 25_000;

let system: System;
beforeEach(async () => {
  system = await System.start();
});
afterEach(async () => {
  await system.stop();
});

/** Sends SIGTERM to a service. Resolves to its exit code and the time until its end. */
async function stopped(service: Running): Promise<{ code: number | null; ms: number }> {
  const startedAt = performance.now();
  await service.kill('SIGTERM');
  const { code } = await service.exited;
  return { code, ms: performance.now() - startedAt };
}

/** A worker in the middle of a job that it cannot complete: Customer.io hangs, then Redis does. */
async function stuckWorker(ingest: Running, phone: string): Promise<Running> {
  const worker = await system.startWorker();
  system.sandbox.workspace().addPerson({ attributes: { phone } });
  const hanging = system.sandbox.fault({ match: { operation: 'search' }, effect: { kind: 'hang' } });
  expect((await system.deliver(ingest, twilioMessage({ From: phone, OptOutType: 'STOP' }))).status).toBe(200);
  await waitFor(() => hanging.hits > 0, { what: 'the job to be active' });
  hanging.remove();
  await system.redis.kill('SIGSTOP');
  return worker;
}

describe('a service that gets SIGTERM', () => {
  it('ends within 25 s although Redis hangs, and the next process completes its job', async () => {
    const phone = '+14155550181';
    const ingest = await system.startIngest();
    const worker = await stuckWorker(ingest, phone);
    const ends = await Promise.all([stopped(ingest), stopped(worker)]);
    for (const { ms } of ends) expect(ms).toBeLessThan(DEADLINE_MS + 2_000);
    expect(ends[1]).toMatchObject({ code: 1 });
    expect(worker.logs().at(-1)).toContain('"code":"shutdown_timeout"');
    expect(ends[1].ms).toBeGreaterThan(DEADLINE_MS - 1_000);
    await system.redis.kill('SIGCONT');
    await system.startWorker();
    await system.settled([phone]);
    expect(system.attribute(phone)).toEqual([true]);
  });

  it('ends at once on a second SIGTERM', async () => {
    const ingest = await system.startIngest({ INGEST_DRAIN_SECONDS: '10' });
    const worker = await stuckWorker(ingest, '+14155550182');
    const signalledAt = performance.now();
    for (const service of [ingest, worker]) {
      await service.kill('SIGTERM');
      await waitFor(() => service.logs().some((line) => line.includes('"msg":"stopping"')), {
        what: `${service.name} to be stopping`,
      });
      expect(service.ended).toBeUndefined();
      await service.kill('SIGTERM');
      expect(await service.exited).toMatchObject({ code: 1 });
    }
    expect(performance.now() - signalledAt).toBeLessThan(5_000);
    await system.redis.kill('SIGCONT');
  });

  it('completes its active jobs before it ends', async () => {
    const phones = Array.from({ length: 40 }, (_, n) => `+1415555${String(1_900 + n)}`);
    for (const phone of phones) system.sandbox.workspace().addPerson({ attributes: { phone } });
    const [ingest, worker] = [await system.startIngest(), await system.startWorker()];
    const slow = system.sandbox.fault({
      match: { operation: 'batch' },
      effect: { kind: 'latency', ms: 500 },
    });
    for (const From of phones) await system.deliver(ingest, twilioMessage({ From, OptOutType: 'STOP' }));
    await waitFor(() => slow.hits > 0, { what: 'a write to be in flight' });
    expect(await stopped(worker)).toMatchObject({ code: 0 });
    const written = phones.filter((phone) => system.attribute(phone)[0] === true);
    expect(written.length).toBeGreaterThan(0);
    const entries = await Promise.all(written.map((phone) => system.entry(phone)));
    // What was set early has its outcome by the next worker.
    expect(entries.filter((entry) => entry?.appliedVersion !== 1 && entry?.earlyVersion !== 1)).toEqual([]);
    expect(await system.queues.syncOf('default').getActiveCount()).toBe(0);
    slow.remove();
    await system.startWorker();
    await system.settled(phones, 1);
  });
});
