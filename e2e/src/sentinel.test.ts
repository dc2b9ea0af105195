import { waitFor } from '@optout-sync/local-runtime/process';
import type { RedisSentinels } from '@optout-sync/testkit';
import type { Running, System } from '@optout-sync/testkit/system';
import { expectItWorks, failoverFrom, lost, systemOnSentinels } from './redis-modes';
import { expectAppliedOnce, taken, tellAgain, traffic, type Delivered } from './traffic';

jest.setTimeout(120_000);

let system: System;
let group: RedisSentinels;
let ingest: Running;

beforeAll(async () => {
  ({ system, group } = await systemOnSentinels());
  ingest = await system.startIngest();
  await system.startWorker();
});
afterAll(async () => {
  await system.stop();
});

/** Fewer than are sent in half a second: what is on its way to the replicas when the master goes. */
const UNDER_WAY = 100;

/** All were answered with success and end applied, those too that were lost with the old master, once they are told again. */
async function expectNothingMissing(delivered: readonly Delivered[]): Promise<void> {
  expect(new Set(delivered.map(({ status }) => status))).toEqual(new Set([200]));
  expect(Math.max(...delivered.map(({ ms }) => ms))).toBeLessThan(15_000);
  const missing = await lost(system, delivered);
  expect(missing.length).toBeLessThan(UNDER_WAY);
  if (missing.length > 0) expect(await tellAgain(system, ingest, missing)).toBe(200);
  await expectAppliedOnce(system, taken(delivered));
}

describe('with sentinels', () => {
  it('does what it does with one Redis', async () => {
    await expectItWorks(system, ingest);
  });

  it('goes on without a master and a sentinel that are killed under load', async () => {
    const { delivered, stop } = traffic(system, () => ingest);
    await waitFor(() => delivered.length >= 100, { what: 'traffic' });
    const old = await group.master();
    await group.sentinels[0]?.kill('SIGKILL');
    await old.kill('SIGKILL');
    await failoverFrom(old, group);
    await waitFor(async () => (await system.metric('optout_spool_items')) === 0, {
      what: 'the spool to be empty',
      timeoutMs: 30_000,
    });
    const after = delivered.length;
    await waitFor(() => delivered.length >= after + 100, { what: 'traffic with the new master' });
    await old.restart();
    await stop();
    await expectNothingMissing(delivered);
    expect(system.logLines.join('\n')).toContain('the jobs of that time are done once more');
    await group.inStep();
  });

  it('leaves a master that was frozen and replaced, and writes nothing to it when it wakes', async () => {
    const { delivered, stop } = traffic(system, () => ingest);
    await waitFor(() => delivered.length >= 50, { what: 'traffic' });
    const old = await group.master();
    await old.kill('SIGSTOP');
    await failoverFrom(old, group);
    await old.kill('SIGCONT');
    // It takes itself for the master until the sentinels make it a replica, some ten seconds later.
    await group.inStep();
    await stop();
    await expectNothingMissing(delivered);
  });

  it('logs nothing but JSON', () => {
    expect(system.logLines.filter((line) => !line.startsWith('{'))).toEqual([]);
  });
});
