import { spawnSync } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { twilioMessage, waitFor } from '@optout-sync/testkit';
import { System, type Running } from './system';

jest.setTimeout(120_000);

let system: System;
afterEach(async () => {
  await system.stop();
});

let lastNumber = 5_560_000;

/** Delivers STOPs of new people one after another until told to stop. Gives the answers by phone. */
function traffic(target: () => Running) {
  const answers = new Map<string, { readonly status: number; readonly ms: number }>();
  let stopped = false;
  const sender = async (): Promise<void> => {
    while (!stopped) {
      const From = `+1415${String(lastNumber++)}`;
      system.sandbox.workspace().addPerson({ attributes: { phone: From } });
      const startedAt = performance.now();
      const status = await system.deliver(target(), twilioMessage({ From, OptOutType: 'STOP' })).then(
        (answer) => answer.status,
        () => 0,
      );
      answers.set(From, { status, ms: performance.now() - startedAt });
      await delay(10);
    }
  };
  const senders = Promise.all(Array.from({ length: 4 }, sender));
  return {
    answers,
    stop: async (): Promise<void> => {
      stopped = true;
      await senders;
    },
  };
}

const spooled = () => system.metric('optout_spool_items');
const taken = (answers: ReadonlyMap<string, { status: number }>): string[] =>
  [...answers].flatMap(([phone, { status }]) => (status === 200 ? [phone] : []));

/** Every one of them changed the ledger once and reached Customer.io; nobody has to look at anything. */
async function expectAppliedOnce(phones: readonly string[]): Promise<void> {
  await system.settled(phones, 1, 60_000);
  const entries = await Promise.all(phones.map((phone) => system.entry(phone)));
  expect(entries.filter((entry) => entry?.version !== 1 || entry.history[0]?.outcome !== 'applied')).toEqual(
    [],
  );
  expect(phones.flatMap((phone) => system.attribute(phone))).toEqual(phones.map(() => true));
  expect((await system.queues.deadLetters.size()).count).toBe(0);
  expect(system.sandbox.workspace().createdPeople()).toEqual([]);
}

/** Lets a process write no file beyond that size: to it, a disk that is full. */
const limitFiles = (pid: number, bytes: string): number | null =>
  spawnSync('prlimit', ['--pid', String(pid), `--fsize=${bytes}:unlimited`]).status;
const itWhereFilesCanBeLimited = limitFiles(process.pid, 'unlimited') === 0 ? it : it.skip;

describe('with the spool', () => {
  it('loses nothing when Redis is killed under traffic and ingest while it holds the spool', async () => {
    system = await System.start();
    const SPOOL_DIR = await system.newFolder();
    let ingest = await system.startIngest({ SPOOL_DIR });
    await system.startWorker();
    const { answers, stop } = traffic(() => ingest);
    await waitFor(() => answers.size >= 50, { what: 'traffic' });

    await system.redis.kill('SIGKILL');
    await waitFor(async () => (await spooled()) >= 100, { what: 'spooled items' });
    await ingest.kill('SIGKILL');
    const beforeRestart = taken(answers).length;
    ingest = await system.startIngest({ SPOOL_DIR });
    expect(await spooled()).toBeGreaterThanOrEqual(100);
    await waitFor(() => taken(answers).length >= beforeRestart + 50, { what: 'traffic after the restart' });

    await system.redis.restart();
    const during = answers.size;
    await waitFor(() => answers.size >= during + 50, { what: 'traffic with Redis back' });
    await stop();
    // What was under way when ingest was killed, and what came before it listened again, Twilio delivers elsewhere.
    expect(new Set([...answers.values()].map(({ status }) => status))).toEqual(new Set([200, 0]));
    await waitFor(async () => (await spooled()) === 0, { what: 'the spool to be empty' });
    await expectAppliedOnce(taken(answers));
  });

  it('answers 200, in time, to everything while Redis is frozen for 5 s', async () => {
    system = await System.start();
    const ingest = await system.startIngest();
    await system.startWorker();
    const { answers, stop } = traffic(() => ingest);
    await waitFor(() => answers.size >= 20, { what: 'traffic' });
    await system.redis.kill('SIGSTOP');
    await delay(5_000);
    await system.redis.kill('SIGCONT');
    const during = answers.size;
    await waitFor(() => answers.size >= during + 50, { what: 'traffic with Redis back' });
    await stop();
    expect([...answers.values()].filter(({ status }) => status !== 200)).toEqual([]);
    expect(Math.max(...[...answers.values()].map(({ ms }) => ms))).toBeLessThan(15_000);
    expect(await system.metric('optout_spooled_total')).toBeGreaterThan(100);
    await waitFor(async () => (await spooled()) === 0, { what: 'the spool to be empty' });
    await expectAppliedOnce([...answers.keys()]);
  });

  itWhereFilesCanBeLimited(
    'answers 503 and lives when the disk is full, and goes on when it is not',
    async () => {
      system = await System.start();
      const ingest = await system.startIngest();
      const ready = async () => (await fetch(`http://127.0.0.1:${String(ingest.adminPort)}/readyz`)).status;
      await system.startWorker();
      await system.redis.kill('SIGKILL');
      const phones = Array.from({ length: 9 }, () => `+1415${String(lastNumber++)}`);
      for (const phone of phones) system.sandbox.workspace().addPerson({ attributes: { phone } });
      const stops = phones.map((From) => twilioMessage({ From, OptOutType: 'STOP' }));
      const statuses = async (some: typeof stops) => {
        const answers: number[] = [];
        for (const stop of some) answers.push((await system.deliver(ingest, stop)).status);
        return answers;
      };
      expect(await statuses(stops.slice(0, 3))).toEqual([200, 200, 200]);
      expect(await ready()).toBe(200);

      limitFiles(ingest.pid, '1');
      expect(await statuses(stops.slice(3, 6))).toEqual([503, 503, 503]);
      expect(await ready()).toBe(503);
      expect(await system.metric('optout_spool_up')).toBe(0);
      const told = system.logLines.filter((line) => line.includes('the spool takes no events'));
      expect(told).toEqual([expect.stringContaining('"code":"spool_broken"')]);

      limitFiles(ingest.pid, 'unlimited');
      await waitFor(async () => (await ready()) === 200, { what: 'the spool to be opened again' });
      // Twilio, and whoever it calls instead, deliver again what was refused.
      expect(await statuses(stops.slice(3))).toEqual([200, 200, 200, 200, 200, 200]);
      await system.redis.restart();
      await expectAppliedOnce(phones);
    },
  );

  it('refuses a spool that another ingest has, naming the setting', async () => {
    system = await System.start();
    const SPOOL_DIR = await system.newFolder();
    await system.startIngest({ SPOOL_DIR });
    await expect(system.startIngest({ SPOOL_DIR })).rejects.toMatchObject({
      exit: { code: 78 },
      message: expect.stringContaining('SPOOL_DIR: is in use by another ingest') as string,
    });
  });
});
