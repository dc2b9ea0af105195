import { waitFor } from '@optout-sync/local-runtime/process';
import { WEBHOOK_PATHS } from '@optout-sync/shared/domain';
import { System, type Running } from '@optout-sync/testkit/system';
import { openIdleCrowd } from './support/idle-crowd';
import { accepted, expectAppliedOnce, startWorkload } from './support/stop-workload';

jest.setTimeout(120_000);

const DESCRIPTORS = 1_024;
const HEAD = `POST ${WEBHOOK_PATHS.messages} HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-www-form-urlencoded\r\n`;

let system: System;
let leave: (() => void) | undefined;
afterEach(async () => {
  leave?.();
  await system.stop();
});

const admin = async ({ adminPort }: Running, path: string): Promise<Response> =>
  fetch(`http://127.0.0.1:${String(adminPort)}${path}`);

describe(`an ingest that may have ${String(DESCRIPTORS)} descriptors open`, () => {
  it('loses no webhook to 10,000 idle connections, and none of Redis, spool and admin port', async () => {
    system = await System.start();
    const ingest = await system.startIngest({}, { descriptors: DESCRIPTORS });
    await system.startWorker();
    const { delivered, stop } = startWorkload(system, () => ingest);
    const statuses: number[] = [];
    let spooling: Promise<void> | undefined;
    leave = await openIdleCrowd(ingest.port, 10_000, '', (opened) => {
      // The spool opens files, and Redis a new connection, while the port is as crowded as it can be.
      if (opened === 4_000) spooling = system.redis.kill('SIGKILL');
      if (opened % 1_000 === 0) void admin(ingest, '/readyz').then(({ status }) => statuses.push(status));
    });
    await spooling;
    await waitFor(async () => (await system.metric('optout_spooled_total')) > 20, {
      what: 'spooled webhooks',
    });
    await system.redis.restart();
    await waitFor(async () => (await system.metric('optout_spool_items')) === 0, { what: 'an empty spool' });
    await stop();
    expect(delivered.filter(({ status }) => status !== 200)).toEqual([]);
    expect(delivered.length).toBeGreaterThan(100);
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect(await system.metric('optout_connections_closed_total', 'reason="idle"')).toBeGreaterThan(9_000);
    expect(await system.metric('optout_connections_closed_total', 'reason="refused"')).toBe(0);
    const descriptors = await system.metric('process_open_fds', 'service="ingest"');
    expect(descriptors).toBeGreaterThan(DESCRIPTORS - 200);
    expect(descriptors).toBeLessThan(DESCRIPTORS - 64);
    expect(ingest.logs().filter((line) => line.includes('"too_many_connections"')).length).toBeLessThan(20);
    await expectAppliedOnce(system, accepted(delivered));
  });

  it.each([
    ['a part of a head', HEAD],
    ['a head without the body', `${HEAD}content-length: 500\r\n\r\n`],
  ])('loses no webhook to 3,000 connections that sent %s', async (_, bytes) => {
    system = await System.start();
    const ingest = await system.startIngest({}, { descriptors: DESCRIPTORS });
    const { delivered, stop } = startWorkload(system, () => ingest);
    leave = await openIdleCrowd(ingest.port, 3_000, bytes, () => undefined);
    const before = delivered.length;
    await waitFor(() => delivered.length > before + 20, { what: 'webhooks while the port is crowded' });
    await stop();
    expect(delivered.filter(({ status }) => status !== 200)).toEqual([]);
    expect(await system.metric('optout_connections_closed_total')).toBeGreaterThan(2_000);
  });
});
