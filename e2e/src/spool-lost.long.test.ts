import { spawnSync } from 'node:child_process';
import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { waitFor } from '@optout-sync/local-runtime/process';
import { System } from '@optout-sync/testkit/system';
import { twilioMessage } from '@optout-sync/twilio-simulator';
import { accepted, expectAppliedOnce, newPeople, startWorkload } from './support/stop-workload';

jest.setTimeout(120_000);

let system: System;
afterEach(async () => {
  await system.stop();
});

const spooled = () => system.metric('optout_spool_items');
/** Limits the size of files that a process may write: for the process, a full disk. */
const limitFiles = (pid: number, bytes: string): number | null =>
  spawnSync('prlimit', ['--pid', String(pid), `--fsize=${bytes}:unlimited`]).status;
const itWhereFilesCanBeLimited = limitFiles(process.pid, 'unlimited') === 0 ? it : it.skip;

describe('a spool that is lost or cannot be written', () => {
  it('answers every request with 200 in time while Redis is frozen for 5 s', async () => {
    system = await System.start();
    const ingest = await system.startIngest();
    await system.startWorker();
    const { delivered, stop } = startWorkload(system, () => ingest);
    await waitFor(() => delivered.length >= 20, { what: 'the workload' });
    await system.redis.kill('SIGSTOP');
    await delay(5_000);
    await system.redis.kill('SIGCONT');
    const during = delivered.length;
    await waitFor(() => delivered.length >= during + 50, { what: 'the workload with Redis back' });
    await stop();
    expect(delivered.filter(({ status }) => status !== 200)).toEqual([]);
    expect(Math.max(...delivered.map(({ ms }) => ms))).toBeLessThan(15_000);
    expect(await system.metric('optout_spooled_total')).toBeGreaterThan(20);
    await waitFor(async () => (await spooled()) === 0, { what: 'the spool to be empty' });
    await expectAppliedOnce(system, accepted(delivered));
  });

  itWhereFilesCanBeLimited('answers 503 while the disk is full, and recovers when it is not', async () => {
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
    const reports = system.logLines.filter((line) => line.includes('the spool takes no events'));
    expect(reports).toEqual([expect.stringContaining('"code":"spool_broken"')]);

    limitFiles(ingest.pid, 'unlimited');
    await waitFor(async () => (await ready()) === 200, { what: 'the spool to be reopened' });
    // Twilio delivers the refused messages again.
    expect(await statuses(stops.slice(3))).toEqual([200, 200, 200, 200, 200, 200]);
    await system.redis.restart();
    await expectAppliedOnce(system, phones);
  });

  it.each<[string, (folder: string) => Promise<unknown>]>([
    ['deleted', (folder) => rm(folder, { recursive: true })],
    ['moved', (folder) => rename(folder, `${folder}.old`)],
  ])('loses nothing when its folder is %s under load, says so, and opens it again', async (_, lose) => {
    system = await System.start();
    const SPOOL_DIR = join(await system.newFolder(), 'spool');
    const ingest = await system.startIngest({ SPOOL_DIR });
    await system.startWorker();
    await system.redis.kill('SIGKILL');
    const { delivered, stop } = startWorkload(system, () => ingest);
    await waitFor(async () => (await spooled()) >= 100, { what: 'spooled items' });
    await lose(SPOOL_DIR);
    const lost = () => system.logLines.filter((line) => line.includes('"code":"spool_folder_lost"'));
    await waitFor(() => lost().length > 0, { what: 'the loss in the log' });
    await waitFor(() => system.logLines.some((line) => line.includes('the spool takes events again')), {
      what: 'the spool to be opened again',
    });
    const before = accepted(delivered).length;
    await waitFor(() => accepted(delivered).length >= before + 50, { what: 'the workload after the loss' });
    await stop();
    expect(await system.metric('optout_spool_up')).toBe(1);
    expect(new Set(delivered.map(({ status }) => status))).toEqual(new Set([200, 503]));
    // What was answered 200 is on disk: the process may die now.
    await ingest.kill('SIGKILL');
    await system.startIngest({ SPOOL_DIR });
    await system.redis.restart();
    await expectAppliedOnce(system, accepted(delivered));
  });

  it('says that its folder is lost until it can be opened again', async () => {
    system = await System.start();
    const folder = join(await system.newFolder(), 'spool');
    const ingest = await system.startIngest({ SPOOL_DIR: folder });
    const ready = async () => {
      const response = await fetch(`http://127.0.0.1:${String(ingest.adminPort)}/readyz`);
      return [response.status, await response.text()] as const;
    };
    await rm(folder, { recursive: true });
    await writeFile(folder, 'in the way');
    await waitFor(async () => (await system.metric('optout_spool_up')) === 0, { what: 'the probe' });
    // Redis takes the events meanwhile.
    expect(await ready()).toEqual([200, expect.stringContaining('deleted, moved or replaced')]);
    await system.redis.kill('SIGKILL');
    await waitFor(async () => (await ready())[0] === 503, { what: 'ingest not to be ready' });
    expect((await ready())[1]).toContain('deleted, moved or replaced');
    const stop = () => system.deliver(ingest, twilioMessage({ OptOutType: 'STOP' }));
    expect((await stop()).status).toBe(503);
    await rm(folder);
    await waitFor(async () => (await ready())[0] === 200, { what: 'the spool to be opened again' });
    expect((await stop()).status).toBe(200);
    expect(await spooled()).toBe(1);
  });
});
