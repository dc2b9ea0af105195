import { randomUUID } from 'node:crypto';
import { waitFor } from '@optout-sync/local-runtime/process';
import { WEBHOOK_PATHS } from '@optout-sync/shared/domain';
import { System, WEBHOOK_TOKEN, type Running } from '@optout-sync/testkit/system';
import { twilioMessage } from '@optout-sync/twilio-simulator';

jest.setTimeout(120_000);

const PHONE = '+14155550101';

let system: System;
let ingest: Running;
async function start(env: Record<string, string> = {}): Promise<void> {
  system = await System.start({
    env: { RECONCILE_PERIOD: 'off', ...env },
  });
  [ingest] = await Promise.all([system.startIngest(), system.startWorker()]);
}
afterEach(async () => {
  expect(system.sandbox.workspace().createdPeople()).toEqual([]);
  expect(system.logLines.filter((line) => line.includes(WEBHOOK_TOKEN))).toEqual([]);
  await system.stop();
});

/** Calls the webhook as a Customer.io workflow does. */
async function report(people: unknown, token = WEBHOOK_TOKEN): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${String(ingest.port)}${WEBHOOK_PATHS.people}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify(people),
  });
  return response.status;
}
async function stop(phone: string): Promise<void> {
  await system.deliver(ingest, twilioMessage({ From: phone, OptOutType: 'STOP' }));
  await system.settled([phone]);
}
/** Adds a person whom the search does not find for `lagMs`. */
function addUnsearchable(phone: string, lagMs: number): string {
  const workspace = system.sandbox.workspace();
  workspace.lagIndex(lagMs);
  return workspace.addPerson({ attributes: { phone } });
}
const isOptedOut = (cioId: string): boolean =>
  system.sandbox.workspace().person(cioId)?.attributes.sms_unsubscribe === true;
const untilOptedOut = (cioId: string): Promise<unknown> =>
  waitFor(() => isOptedOut(cioId), { what: `the opt-out of ${cioId}`, timeoutMs: 30_000 });
const checked = (outcome: string): Promise<number> =>
  system.metric('optout_people_changes_total', `outcome="${outcome}"`);

describe('the webhook of a Customer.io workflow', () => {
  beforeEach(() => start());

  it('opts out a new person with a stopped number, whom the search does not find yet', async () => {
    await stop(PHONE);
    const cioId = addUnsearchable(PHONE, 3_600_000);
    expect(await report({ phone: PHONE, cio_id: cioId })).toBe(202);
    await untilOptedOut(cioId);
    await waitFor(async () => (await system.entry(PHONE))?.people.includes(cioId), {
      what: 'the person in the ledger entry',
    });
  });

  it('opts the person out without a cio_id once the search finds it', async () => {
    await stop(PHONE);
    const cioId = addUnsearchable(PHONE, 2_000);
    expect(await report({ phone: PHONE })).toBe(202);
    await untilOptedOut(cioId);
  });

  it('costs no request to Customer.io for numbers that are not opted out, 1,000 in one request', async () => {
    const before = system.sandbox.requests().length;
    const strangers = Array.from({ length: 1_000 }, (_, n) => ({
      phone: `+1415666${String(1_000 + n)}`,
      cio_id: `a${String(n)}`,
    }));
    expect(await report(strangers)).toBe(202);
    await waitFor(async () => (await checked('not_opted_out')) === 1_000, { what: 'all people' });
    expect(system.sandbox.requests()).toHaveLength(before);
  });

  it('finds the opted out among 1,000 people', async () => {
    const stopped = Array.from({ length: 20 }, (_, n) => `+1415555${String(2_000 + n)}`);
    for (const phone of stopped) await stop(phone);
    const ids = stopped.map((phone) => addUnsearchable(phone, 3_600_000));
    const people = Array.from({ length: 980 }, (_, n) => ({ phone: `+1415666${String(1_000 + n)}` }));
    stopped.forEach((phone, n) => people.splice(n * 49, 0, { phone, cio_id: ids[n] } as never));
    expect(await report(people)).toBe(202);
    await waitFor(() => ids.every(isOptedOut), { what: 'all opt-outs', timeoutMs: 30_000 });
    expect(await checked('requested')).toBe(20);
  });

  it('accepts nothing without its token', async () => {
    await stop(PHONE);
    const cioId = system.sandbox.workspace().addPerson({ attributes: { phone: PHONE } });
    expect(await report({ phone: PHONE, cio_id: cioId }, randomUUID())).toBe(401);
    expect(await system.queues.people.getJobCountByTypes('wait', 'active', 'delayed')).toBe(0);
    expect(await system.metric('optout_webhooks_total', 'route="people"', 'outcome="bad_token"')).toBe(1);
    expect(isOptedOut(cioId)).toBe(false);
  });

  it('is stored while Redis is down, and applied afterwards', async () => {
    await stop(PHONE);
    const cioId = addUnsearchable(PHONE, 3_600_000);
    await system.redis.kill('SIGKILL');
    expect(await report({ phone: PHONE, cio_id: cioId })).toBe(202);
    expect(await system.metric('optout_spool_items')).toBe(1);
    await system.redis.restart();
    await untilOptedOut(cioId);
    expect((await system.queues.deadLetters.size()).count).toBe(0);
  });
});

it('a live STOP does not wait behind an import of people who are opted out', async () => {
  // The import takes 20 searches, ten seconds.
  await start({ CUSTOMERIO_APP_RPS: '2', LOOKUP_BATCH: '20' });
  const imported = Array.from({ length: 400 }, (_, n) => `+1415777${String(1_000 + n)}`);
  await Promise.all(
    imported.map((From) => system.deliver(ingest, twilioMessage({ From, OptOutType: 'STOP' }))),
  );
  await system.settled(imported, 1, 90_000);
  const ids = imported.map((phone) => system.sandbox.workspace().addPerson({ attributes: { phone } }));
  system.sandbox.workspace().addPerson({ attributes: { phone: PHONE } });
  expect(await report(imported.map((phone, n) => ({ phone, cio_id: ids[n] })))).toBe(202);
  await waitFor(() => ids.some(isOptedOut), { what: 'the first of the import' });
  await stop(PHONE);
  expect(system.attribute(PHONE)).toEqual([true]);
  // The import is not done yet, so the STOP went before the rest of it.
  expect(ids.every(isOptedOut)).toBe(false);
  await waitFor(() => ids.every(isOptedOut), { what: 'the whole import', timeoutMs: 90_000 });
});
