import { PROBE_HEADER, PROBE_PARAMETER, newProbe, proofOf } from '@optout-sync/shared/domain';
import { TWILIO_ACCOUNT_SID, messageSid } from '@optout-sync/twilio-simulator';
import { TOKEN } from '../../test-support/keys';
import { runIngest, untilReady, type RunningIngest } from '../../test-support/running-ingest';

let running: RunningIngest;
beforeAll(async () => {
  running = await runIngest(process.env.TEST_REDIS_URL ?? '');
  await untilReady(running);
});
afterAll(() => running.stop());

const probe = (value: string, more: Record<string, string> = {}) =>
  running.send({ params: { AccountSid: TWILIO_ACCOUNT_SID, [PROBE_PARAMETER]: value, ...more } });

async function counted(): Promise<string[]> {
  const page = await (await fetch(`${running.adminUrl}/metrics`)).text();
  return page.split('\n').filter((line) => line.startsWith('optout_webhooks_total{'));
}
const stored = async () => ({
  events: await running.queues.inbound.getWaitingCount(),
  deadLetters: running.logs.filter((line) => line.includes('dead')).length,
});

it('answers a signed probe with its proof, and neither stores, logs nor counts it', async () => {
  const before = { counted: await counted(), stored: await stored(), logs: running.logs.length };
  const value = newProbe(Date.now());
  const answer = await probe(value);
  expect(answer).toMatchObject({ status: 200, body: '<Response/>' });
  expect(answer.headers[PROBE_HEADER]).toBe(proofOf(value, TOKEN));
  expect({ counted: await counted(), stored: await stored(), logs: running.logs.length }).toEqual(before);
});

it('refuses one with an invalid signature without a proof', async () => {
  const params = { AccountSid: TWILIO_ACCOUNT_SID, [PROBE_PARAMETER]: newProbe(Date.now()) };
  const answer = await running.send({ params, authToken: 'f'.repeat(32) });
  expect(answer.status).toBe(403);
  expect(answer.headers[PROBE_HEADER]).toBeUndefined();
});

it('refuses one that was recorded, and counts it', async () => {
  const answer = await probe(newProbe(Date.now() - 301_000));
  expect(answer).toMatchObject({ status: 403, body: expect.stringContaining('probe_expired') as string });
  expect((await counted()).join()).toContain('outcome="probe_expired"');
});

it('handles a message with the parameter of a probe as a message', async () => {
  const before = (await stored()).events;
  const message = { MessageSid: messageSid(), From: '+14155550101', To: '+15005550006', Body: 'STOP' };
  const answer = await probe(newProbe(Date.now()), message);
  expect(answer.status).toBe(200);
  expect(answer.headers[PROBE_HEADER]).toBeUndefined();
  expect((await stored()).events).toBe(before + 1);
});
