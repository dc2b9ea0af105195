import { waitFor } from '@optout-sync/local-runtime/process';
import type { RedisSentinels } from '@optout-sync/testkit';
import type { Running, System } from '@optout-sync/testkit/system';
import { expectItWorks, failoverFrom, missing, systemOnSentinels } from './support/redis-modes';
import {
  accepted,
  expectAppliedOnce,
  redeliver,
  startWorkload,
  type Delivered,
} from './support/stop-workload';

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

/** Fewer than are sent in half a second: messages on their way to the replicas when the master is killed. */
const MOST_MISSING = 100;

/** All were answered 200 and are applied; those lost with the old master after they are delivered again. */
async function expectAllApplied(delivered: readonly Delivered[]): Promise<void> {
  expect(new Set(delivered.map(({ status }) => status))).toEqual(new Set([200]));
  expect(Math.max(...delivered.map(({ ms }) => ms))).toBeLessThan(15_000);
  const lost = await missing(system, delivered);
  expect(lost.length).toBeLessThan(MOST_MISSING);
  if (lost.length > 0) expect(await redeliver(system, ingest, lost)).toBe(200);
  await expectAppliedOnce(system, accepted(delivered));
}

describe('the system on Redis Sentinel', () => {
  it('works as on a single Redis', async () => {
    await expectItWorks(system, ingest);
  });

  it('continues without a master and a sentinel that are killed under load', async () => {
    const { delivered, stop } = startWorkload(system, () => ingest);
    await waitFor(() => delivered.length >= 100, { what: 'the workload' });
    const old = await group.master();
    await group.sentinels[0]?.kill('SIGKILL');
    await old.kill('SIGKILL');
    await failoverFrom(old, group);
    await waitFor(async () => (await system.metric('optout_spool_items')) === 0, {
      what: 'the spool to be empty',
      timeoutMs: 30_000,
    });
    const after = delivered.length;
    await waitFor(() => delivered.length >= after + 100, { what: 'the workload with the new master' });
    await old.restart();
    await stop();
    await expectAllApplied(delivered);
    expect(system.logLines.join('\n')).toContain('recent jobs are enqueued again');
    await group.inStep();
  });

  it('leaves a master that was frozen and replaced, and writes nothing to it when it resumes', async () => {
    const { delivered, stop } = startWorkload(system, () => ingest);
    await waitFor(() => delivered.length >= 50, { what: 'the workload' });
    const old = await group.master();
    await old.kill('SIGSTOP');
    await failoverFrom(old, group);
    await old.kill('SIGCONT');
    // The old master acts as master until the sentinels make it a replica, about ten seconds later.
    await group.inStep();
    await stop();
    await expectAllApplied(delivered);
  });

  it('logs nothing but JSON', () => {
    expect(system.logLines.filter((line) => !line.startsWith('{'))).toEqual([]);
  });
});
