import {
  startCustomerIoSandbox,
  seedDemoPeople,
  type CustomerIoSandbox,
} from '@optout-sync/customerio-sandbox';
import { openStores, runWith, type Ran } from '../test-support/cli';

const { env, queues, close } = openStores();
let sandbox: CustomerIoSandbox;
beforeAll(async () => {
  sandbox = await startCustomerIoSandbox({ appRps: 0 });
  seedDemoPeople(sandbox.workspace());
});
afterAll(async () => {
  await sandbox.stop();
  await close();
});
const run = (...args: string[]): Promise<Ran> =>
  runWith({ ...env, CUSTOMERIO_APP_URL: sandbox.appUrl }, 'simulate', ...args);

/** Writes as a worker does. @returns the status */
async function write(cioId: string): Promise<number> {
  const { siteId, trackApiKey } = sandbox.workspace();
  const authorization = `Basic ${Buffer.from(`${siteId}:${trackApiKey}`).toString('base64')}`;
  const item = { type: 'person', action: 'identify', identifiers: { cio_id: cioId }, attributes: { a: 1 } };
  const response = await fetch(`${sandbox.trackUrl}/api/v2/batch`, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json' },
    body: JSON.stringify({ batch: [item] }),
  });
  return response.status;
}
const personWith = (phone: string): string =>
  sandbox
    .workspace()
    .people()
    .find(({ attributes }) => attributes.phone === phone)?.cioId ?? '';

describe('simulate', () => {
  it('has Customer.io refuse the people with a phone, and nobody else, until it is mended', async () => {
    const [refused, other] = [personWith('+14155550101'), personWith('+14155550105')];
    expect((await run('refuse', '+14155550101')).out).toContain(refused);
    expect([await write(refused), await write(other)]).toEqual([400, 200]);
    expect(await run('mend')).toMatchObject({ code: 0 });
    expect(await write(refused)).toBe(200);
    expect((await run('refuse', '+14155550999')).error).toContain('person_missing');
  });

  it('has Customer.io answer 503 for a time', async () => {
    const cioId = personWith('+14155550105');
    const outage = run('outage', 'customerio', '--for', '1s');
    const statuses = new Set<number>();
    const deadline = Date.now() + 30_000;
    while (!statuses.has(503) && Date.now() < deadline) statuses.add(await write(cioId));
    expect(statuses).toContain(503);
    expect((await outage).out).toContain('Customer.io answers again.');
    expect(await write(cioId)).toBe(200);
  });

  it('works on a demo alone', async () => {
    for (const CUSTOMERIO_APP_URL of ['https://api.customer.io', 'http://127.0.0.1:9', '']) {
      const ran = await runWith({ ...env, CUSTOMERIO_APP_URL }, 'simulate', 'outage', 'redis');
      expect(ran).toMatchObject({ code: 1, error: expect.stringContaining('sandbox_missing') as string });
    }
    expect(await queues.inbound.count()).toBe(0);
  });
});
