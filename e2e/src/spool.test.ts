import { waitFor } from '@optout-sync/local-runtime/process';
import { System } from '@optout-sync/testkit/system';
import { accepted, expectAppliedOnce, startWorkload } from './support/stop-workload';

jest.setTimeout(120_000);

let system: System;
afterEach(async () => {
  await system.stop();
});

const spooled = () => system.metric('optout_spool_items');

describe('the spool', () => {
  it('loses nothing when Redis is killed under load, and ingest while it spools', async () => {
    system = await System.start();
    const SPOOL_DIR = await system.newFolder();
    let ingest = await system.startIngest({ SPOOL_DIR });
    await system.startWorker();
    const { delivered, stop } = startWorkload(system, () => ingest);
    await waitFor(() => delivered.length >= 50, { what: 'the workload' });

    await system.redis.kill('SIGKILL');
    await waitFor(async () => (await spooled()) >= 100, { what: 'spooled items' });
    await ingest.kill('SIGKILL');
    const beforeRestart = accepted(delivered).length;
    ingest = await system.startIngest({ SPOOL_DIR });
    expect(await spooled()).toBeGreaterThanOrEqual(100);
    await waitFor(() => accepted(delivered).length >= beforeRestart + 50, {
      what: 'the workload after the restart',
    });

    await system.redis.restart();
    const during = delivered.length;
    await waitFor(() => delivered.length >= during + 50, { what: 'the workload with Redis back' });
    await stop();
    // Requests in flight when ingest was killed, and those before it listens again, are delivered elsewhere by Twilio.
    expect(new Set(delivered.map(({ status }) => status))).toEqual(new Set([200, 0]));
    await waitFor(async () => (await spooled()) === 0, { what: 'the spool to be empty' });
    await expectAppliedOnce(system, accepted(delivered));
  });

  it('does not start on a spool that another ingest uses, and names the setting', async () => {
    system = await System.start();
    const SPOOL_DIR = await system.newFolder();
    await system.startIngest({ SPOOL_DIR });
    await expect(system.startIngest({ SPOOL_DIR })).rejects.toMatchObject({
      exit: { code: 78 },
      message: expect.stringContaining('SPOOL_DIR: is in use by another ingest') as string,
    });
  });
});
