import { createServer } from 'node:http';
import { Redis } from 'ioredis';
import { waitFor } from '@optout-sync/local-runtime/process';
import type { E164, Subject } from '@optout-sync/shared/domain';
import { enqueueSync } from '@optout-sync/shared/queues';
import { Findings, PassRequests, SyncMarks } from '@optout-sync/shared/reconcile';
import { listen } from '@optout-sync/shared/service';
import { logged, workerGroup, type WorkerGroup } from '../test-support/reconcile-harness';
import { inboundEvent, type Harness } from '../test-support/worker-harness';

const redis = new Redis(process.env.TEST_REDIS_URL ?? '');
afterAll(() => redis.quit());

let group: WorkerGroup;
beforeEach(() => {
  group = workerGroup();
});
afterEach(async () => {
  expect(group.sandbox.workspace().createdPeople()).toEqual([]);
  await group.stop();
});

const [PHONE, OTHER] = ['+14155550101', '+14155550199'];
const OFF = { RECONCILE_PERIOD: 'off' };
const subjectOf = (phone: string): Subject => ({
  workspace: 'default',
  channel: 'sms',
  phone: phone as E164,
});
const findings = (): Findings => new Findings(redis, group.prefix);
const listed = async (): Promise<unknown[]> =>
  (await findings().page('default', { limit: 100 })).findings.map(({ subject, kind, people }) => [
    subject.phone,
    kind,
    people,
  ]);
const value = (cioId: string, name = 'sms_unsubscribe'): unknown =>
  group.sandbox.workspace().person(cioId)?.attributes[name];

async function said(harness: Harness, kind: 'stop' | 'start', phone: string, sender = 'MG1'): Promise<void> {
  await harness.enqueue(inboundEvent(phone, { kind, sender }));
  await harness.settled(phone);
}

/** What `optouts verify --fix --allow-opt-in` asks for. */
async function setBack(harness: Harness, phone: string, ...allowOptIn: string[]): Promise<void> {
  const marks = new SyncMarks(redis, group.prefix);
  await marks.set(subjectOf(phone), { reason: 'operator', mode: 'enforce', allowOptIn });
  await enqueueSync(harness.queues, { version: 1, ...subjectOf(phone) });
  await waitFor(async () => !(await marks.read(subjectOf(phone))), { what: 'the forced sync' });
}

describe('somebody who no longer has the number', () => {
  async function orphan(harness: Harness): Promise<string> {
    const cioId = group.sandbox.workspace().addPerson({ attributes: { phone: PHONE } });
    await said(harness, 'stop', PHONE);
    group.sandbox.workspace().setAttributes(cioId, { phone: OTHER });
    return cioId;
  }

  it('is listed and not written to, and no longer listed once they have it again', async () => {
    const harness = await group.start(OFF);
    const cioId = await orphan(harness);
    await harness.force(PHONE);
    expect(await listed()).toEqual([[PHONE, 'orphaned', [cioId]]]);
    expect(value(cioId)).toBe(true);
    group.sandbox.workspace().setAttributes(cioId, { phone: PHONE });
    await harness.force(PHONE);
    expect(await listed()).toEqual([]);
  });

  it('is not listed when the number that they have now is stopped', async () => {
    const harness = await group.start(OFF);
    const cioId = await orphan(harness);
    await said(harness, 'stop', OTHER);
    await harness.force(PHONE);
    expect(await listed()).toEqual([]);
    expect(value(cioId)).toBe(true);
  });

  it('stays listed when the number that they had says STOP again', async () => {
    const harness = await group.start(OFF);
    const cioId = await orphan(harness);
    await harness.force(PHONE);
    await said(harness, 'start', PHONE);
    await said(harness, 'stop', PHONE);
    await harness.force(PHONE);
    expect(await listed()).toEqual([[PHONE, 'orphaned', [cioId]]]);
  });

  it('is not listed after the next pass once their own START set them back, though the number that they had is started', async () => {
    const harness = await group.start(OFF);
    const cioId = await orphan(harness);
    await harness.force(PHONE);
    await said(harness, 'start', PHONE);
    await said(harness, 'start', OTHER);
    expect(value(cioId)).toBe(false);
    expect(await listed()).toEqual([[PHONE, 'orphaned', [cioId]]]);
    await new PassRequests(redis, group.prefix).request('default', { mode: 'enforce', by: 'ann' });
    await waitFor(async () => (await listed()).length === 0, { what: 'the end of the finding' });
  });

  it.each([
    ['while the number is stopped', false],
    ['after the number said START', true],
  ])('is set back when an operator names them, %s', async (_, isStarted) => {
    const harness = await group.start(OFF);
    const cioId = await orphan(harness);
    await harness.force(PHONE);
    if (isStarted) await said(harness, 'start', PHONE);
    await setBack(harness, PHONE, 'somebody');
    expect(value(cioId)).toBe(true);
    await setBack(harness, PHONE, cioId);
    expect(value(cioId)).toBe(false);
    expect(await listed()).toEqual([]);
    expect((await harness.entry(PHONE))?.people).not.toContain(cioId);
    // In the second in which they were set back, only a comparison lets a STOP of their number win.
    await said(harness, 'stop', OTHER);
    await harness.force(OTHER);
    expect(value(cioId)).toBe(true);
  });

  it('is not set back when they have a stopped number by then', async () => {
    const harness = await group.start(OFF);
    const cioId = await orphan(harness);
    await harness.force(PHONE);
    await said(harness, 'stop', OTHER);
    await setBack(harness, PHONE, cioId);
    expect(value(cioId)).toBe(true);
  });
});

describe('somebody whose present number is stopped', () => {
  it.each<[other: string, stored: string, env: Record<string, string>]>([
    ['+447700900123', '447700900123', { CUSTOMERIO_PHONE_FORMATS: 'e164,digits' }],
    ['+17875550123', '17875550123', { CUSTOMERIO_PHONE_FORMATS: 'digits' }],
    ['+447700900123', '07700 900123', { CUSTOMERIO_PHONE_FORMATS: 'e164,national', DEFAULT_COUNTRY: 'GB' }],
    ['+447700900123', '00 44 7700 900123', {}],
    ['+447700900123', '447700900123', { DEFAULT_COUNTRY: 'FR' }],
    [OTHER, '(415) 555-0199', { DEFAULT_COUNTRY: 'FR' }],
  ])('is not listed and not set back: %s, stored as %s, with %j', async (other, stored, env) => {
    const harness = await group.start({ ...OFF, ...env });
    const inFormat = env.CUSTOMERIO_PHONE_FORMATS === 'digits' ? PHONE.slice(1) : PHONE;
    const cioId = group.sandbox.workspace().addPerson({ attributes: { phone: inFormat } });
    await said(harness, 'stop', PHONE);
    expect(value(cioId)).toBe(true);
    group.sandbox.workspace().setAttributes(cioId, { phone: stored });
    await said(harness, 'stop', other);
    await harness.force(PHONE);
    expect(await listed()).toEqual([]);
    await setBack(harness, PHONE, cioId);
    expect(value(cioId)).toBe(true);
  });
});

describe('a policy that became laxer', () => {
  it('opts nobody in, lists them, and sets back whom an operator names', async () => {
    const first = await group.start();
    const cioId = group.sandbox.workspace().addPerson({ attributes: { phone: PHONE } });
    await said(first, 'stop', PHONE, 'MG1');
    await said(first, 'start', PHONE, 'MG2');
    expect(value(cioId)).toBe(true);
    await first.worker.stop();

    const second = await group.start({ CONSENT_POLICY: 'last' });
    expect(await logged(second, 'sweep ended')).toMatchObject({ found: { looser_policy: 1 }, repaired: {} });
    expect(await listed()).toEqual([[PHONE, 'looser_policy', [cioId]]]);
    expect(value(cioId)).toBe(true);

    await setBack(second, PHONE, cioId);
    expect(value(cioId)).toBe(false);
    expect(await listed()).toEqual([]);
    await said(second, 'stop', PHONE, 'MG2');
    await waitFor(() => value(cioId) === true, { what: 'the opt-out of the STOP' });
  });

  it('that became stricter opts out who was opted in by it', async () => {
    const first = await group.start({ CONSENT_POLICY: 'last' });
    const cioId = group.sandbox.workspace().addPerson({ attributes: { phone: PHONE } });
    await said(first, 'stop', PHONE, 'MG1');
    await said(first, 'start', PHONE, 'MG2');
    expect(value(cioId)).toBe(false);
    await first.worker.stop();
    await group.start({ CONSENT_POLICY: 'any' });
    await waitFor(() => value(cioId) === true, { what: 'the opt-out' });
  });
});

it('neither a sweep, a requested pass, a forced sync nor a new configuration calls a campaign again', async () => {
  let calls = 0;
  const server = createServer((request, response) => {
    calls++;
    request.resume();
    response.writeHead(200).end();
  });
  await listen(server, { port: 0 });
  const address = server.address();
  const url = `http://127.0.0.1:${String(typeof address === 'object' ? address?.port : '')}/hook`;
  try {
    const env = { CUSTOMERIO_CAMPAIGN_WEBHOOK_URL: url };
    const first = await group.start(env);
    await said(first, 'stop', PHONE);
    await waitFor(() => calls === 1, { what: 'the call for the STOP' });
    group.sandbox.workspace().addPerson({ attributes: { phone: PHONE } });
    await first.force(PHONE);
    expect(first.attribute(PHONE)).toEqual([true]);
    await first.worker.stop();
    const second = await group.start({ ...env, CUSTOMERIO_SMS_ATTRIBUTE: 'text_opt_out' });
    await logged(second, 'sweep ended');
    const passes = new PassRequests(redis, group.prefix);
    await passes.request('default', { mode: 'enforce', by: 'ann' });
    await logged(second, 'requested pass ended');
    expect(first.attribute(PHONE, 'text_opt_out')).toEqual([true]);
    expect(calls).toBe(1);
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

it('looks again at a person whose value may have lagged behind our own write', async () => {
  const harness = await group.start(OFF, { lagMs: 1_500 });
  const cioId = group.sandbox.workspace().addPerson({ attributes: { phone: PHONE } });
  await said(harness, 'stop', PHONE);
  group.sandbox.workspace().setAttributes(cioId, { sms_unsubscribe: false });
  await harness.force(PHONE);
  await waitFor(() => value(cioId) === true, { what: 'the opt-out' });
});
