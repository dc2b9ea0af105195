import { enqueueInboundBatch } from '@optout-sync/shared/queues';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { waitFor } from '@optout-sync/local-runtime/process';
import type { FaultEffect } from '@optout-sync/customerio-sandbox';
import { inboundEvent, startHarness, type Harness } from './test-support/worker-harness';

jest.setTimeout(180_000);

let harness: Harness;
afterEach(async () => {
  await harness.stop();
});

const PROBE_MS = 1_000;
const OWN_404: FaultEffect = {
  kind: 'status',
  status: 404,
  body: { errors: [{ detail: 'not found', status: '404' }] },
};
const FOREIGN_404: FaultEffect = { kind: 'status', status: 404, body: '<html>no such page' };

function addPeople(count: number, prefix: string): string[] {
  const phones = Array.from({ length: count }, (_, n) => `${prefix}${String(1_000 + n)}`);
  for (const phone of phones) harness.sandbox.workspace().addPerson({ attributes: { phone } });
  return phones;
}
const enqueueStops = (phones: readonly string[]): Promise<void> =>
  harness.enqueue(...phones.map((phone) => inboundEvent(phone)));
const applied = (phones: readonly string[]): number =>
  phones.filter((phone) => harness.attribute(phone)[0] === true).length;
const deadLetters = async (): Promise<number> => (await harness.queues.deadLetters.size()).count;
const paused = () => harness.metric('optout_workspace_paused{workspace="default"');
const linesWith = (text: string) => harness.logLines.filter((line) => line.includes(text));

describe('a rejection of everything that an operation requests', () => {
  it.each([
    ["that is not in Customer.io's form", 'search', FOREIGN_404, 1],
    ["in Customer.io's form", 'search', OWN_404, 3],
    ["that is not in Customer.io's form", 'batch', FOREIGN_404, 1],
  ] as const)('%s pauses the %s and nobody is dead-lettered', async (_, operation, effect, mostRejected) => {
    harness = await startHarness({ overrides: { circuitTimes: { blockedProbeMs: PROBE_MS } } });
    const fault = harness.sandbox.fault({ match: { operation }, effect });
    const phones = addPeople(100, '+1415555');
    await enqueueInboundBatch(
      harness.queues,
      phones.map((phone) => inboundEvent(phone)),
    );
    await waitFor(async () => (await paused()) === 1, { what: 'the pause' });
    const before = fault.hits;
    await delay(3 * PROBE_MS);
    // A probe costs a request, and the harmless one where the rejection is Customer.io's.
    expect(fault.hits - before).toBeLessThanOrEqual(4 * 2);
    expect(before).toBeLessThanOrEqual(mostRejected);
    expect(await deadLetters()).toBe(0);
    expect(linesWith('workspace_paused')).toHaveLength(1);
    expect(JSON.parse(linesWith('workspace_paused')[0]!)).toMatchObject({
      operation,
      reason: 'customerio_operation_refused',
      status: 404,
    });
    const ready = await fetch(`http://127.0.0.1:${String(harness.adminPort)}/readyz`);
    expect([ready.status, await ready.json()]).toEqual([200, { status: 'ok', reason: 'paused: default' }]);

    fault.remove();
    await waitFor(() => applied(phones) === phones.length, { what: 'everybody', timeoutMs: 20_000 });
    expect(await paused()).toBe(0);
    expect(await deadLetters()).toBe(0);
  });

  it('is decided by a harmless request when only the track API rejects in the form of Customer.io', async () => {
    harness = await startHarness({ overrides: { circuitTimes: { blockedProbeMs: PROBE_MS } } });
    const fault = harness.sandbox.fault({ match: { api: 'track' }, effect: OWN_404 });
    const phones = addPeople(30, '+1415556');
    await enqueueStops(phones);
    await waitFor(async () => (await paused()) === 1, { what: 'the pause' });
    expect(await deadLetters()).toBe(0);
    fault.remove();
    await waitFor(() => applied(phones) === phones.length, { what: 'everybody', timeoutMs: 20_000 });
  });

  it('by 403 pauses that operation alone', async () => {
    harness = await startHarness({
      env: { CUSTOMERIO_NATIVE_OPTOUTS: 'true' },
      overrides: { circuitTimes: { blockedProbeMs: PROBE_MS } },
    });
    harness.sandbox.fault({ match: { operation: 'optouts_set' }, effect: { kind: 'status', status: 403 } });
    const phones = addPeople(10, '+1415557');
    await enqueueStops(phones.slice(0, 1));
    await waitFor(async () => (await paused()) === 1, { what: 'the pause' });
    await enqueueStops(phones);
    await waitFor(() => applied(phones) === phones.length, { what: 'the attribute of everybody' });
    expect(await deadLetters()).toBe(0);
  });
});

describe('a rejection of one person', () => {
  it('ends as a dead letter, and the others are applied', async () => {
    harness = await startHarness();
    const phones = addPeople(40, '+1415558');
    const bad = phones[17]!;
    const effect: FaultEffect = { kind: 'status', status: 400, body: { meta: { error: 'no' } } };
    harness.sandbox.fault({ match: { operation: 'search', bodyIncludes: bad }, effect });
    await enqueueStops(phones);
    await waitFor(() => applied(phones) === phones.length - 1, { what: 'the others' });
    await waitFor(async () => (await deadLetters()) === 1, { what: 'the dead letter' });
    expect(await paused()).toBe(0);
  });
});

describe('the start of a worker behind a gateway', () => {
  it.each([
    ['404', 404],
    ['a page of its own', 200],
  ])('that answers %s waits, logs why, and applies everything once it is gone', async (_, status) => {
    let isGone = false;
    let target = '';
    const gateway = createServer((request, response) => {
      if (!isGone) {
        response.writeHead(status, { 'content-type': 'text/html' }).end('<html>sign in</html>');
        return;
      }
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const { authorization = '' } = request.headers;
        void fetch(`${target}${request.url ?? ''}`, {
          method: request.method ?? 'GET',
          headers: { authorization, 'content-type': 'application/json' },
          ...(chunks.length > 0 && { body: Buffer.concat(chunks).toString() }),
        }).then(async (answer) => {
          response.writeHead(answer.status, { 'content-type': 'application/json' }).end(await answer.text());
        });
      });
    });
    await new Promise<void>((resolve) => gateway.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${String((gateway.address() as AddressInfo).port)}`;
    harness = await startHarness({
      env: { CUSTOMERIO_APP_URL: url, CUSTOMERIO_TRACK_URL: url },
      overrides: { circuitTimes: { blockedProbeMs: PROBE_MS } },
      beforeStart: (sandbox) => (target = sandbox.url),
    });
    expect(linesWith('could not check the access')).toHaveLength(2);
    const phones = addPeople(5, '+1415559');
    await enqueueStops(phones);
    await delay(1_000);
    expect(await deadLetters()).toBe(0);
    isGone = true;
    await waitFor(() => applied(phones) === phones.length, { what: 'everybody', timeoutMs: 45_000 });
    gateway.closeAllConnections();
    gateway.close();
  });
});
