import { spawnSync } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { waitFor } from '@optout-sync/local-runtime/process';
import { System } from '@optout-sync/testkit/system';
import { twilioMessage } from '@optout-sync/twilio-simulator';
import { expectAppliedOnce, newPeople, taken, traffic } from './traffic';

jest.setTimeout(120_000);

let system: System;
afterEach(async () => {
  await system.stop();
});

const spooled = () => system.metric('optout_spool_items');
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
    const { delivered, stop } = traffic(system, () => ingest);
    await waitFor(() => delivered.length >= 50, { what: 'traffic' });

    await system.redis.kill('SIGKILL');
    await waitFor(async () => (await spooled()) >= 100, { what: 'spooled items' });
    await ingest.kill('SIGKILL');
    const beforeRestart = taken(delivered).length;
    ingest = await system.startIngest({ SPOOL_DIR });
    expect(await spooled()).toBeGreaterThanOrEqual(100);
    await waitFor(() => taken(delivered).length >= beforeRestart + 50, { what: 'traffic after the restart' });

    await system.redis.restart();
    const during = delivered.length;
    await waitFor(() => delivered.length >= during + 50, { what: 'traffic with Redis back' });
    await stop();
    // What was under way when ingest was killed, and what came before it listened again, Twilio delivers elsewhere.
    expect(new Set(delivered.map(({ status }) => status))).toEqual(new Set([200, 0]));
    await waitFor(async () => (await spooled()) === 0, { what: 'the spool to be empty' });
    await expectAppliedOnce(system, taken(delivered));
  });

  it('answers 200, in time, to everything while Redis is frozen for 5 s', async () => {
    system = await System.start();
    const ingest = await system.startIngest();
    await system.startWorker();
    const { delivered, stop } = traffic(system, () => ingest);
    await waitFor(() => delivered.length >= 20, { what: 'traffic' });
    await system.redis.kill('SIGSTOP');
    await delay(5_000);
    await system.redis.kill('SIGCONT');
    const during = delivered.length;
    await waitFor(() => delivered.length >= during + 50, { what: 'traffic with Redis back' });
    await stop();
    expect(delivered.filter(({ status }) => status !== 200)).toEqual([]);
    expect(Math.max(...delivered.map(({ ms }) => ms))).toBeLessThan(15_000);
    expect(await system.metric('optout_spooled_total')).toBeGreaterThan(100);
    await waitFor(async () => (await spooled()) === 0, { what: 'the spool to be empty' });
    await expectAppliedOnce(system, taken(delivered));
  });

  itWhereFilesCanBeLimited(
    'answers 503 and lives when the disk is full, and goes on when it is not',
    async () => {
      system = await System.start();
      const ingest = await system.startIngest();
      const ready = async () => (await fetch(`http://127.0.0.1:${String(ingest.adminPort)}/readyz`)).status;
      await system.startWorker();
      await system.redis.kill('SIGKILL');
      const phones = newPeople(system, 9);
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
      await expectAppliedOnce(system, phones);
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
