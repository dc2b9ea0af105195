import { startCustomerIoSandbox, type CustomerIoSandbox } from '@optout-sync/customerio-sandbox';
import type { Subject } from '@optout-sync/shared/domain';
import { freshSubject, markApplied, pathOf, record } from '../../test-support/people';
import { startTestConsole, type TestConsole } from '../../test-support/test-console';

let sandbox: CustomerIoSandbox;
let tested: TestConsole;
beforeAll(async () => {
  sandbox = await startCustomerIoSandbox({ appRps: 0 });
  const { siteId, trackApiKey, appApiKey } = sandbox.workspace();
  tested = await startTestConsole({
    CUSTOMERIO_SITE_ID: siteId,
    CUSTOMERIO_TRACK_API_KEY: trackApiKey,
    CUSTOMERIO_APP_API_KEY: appApiKey,
    CUSTOMERIO_APP_URL: sandbox.appUrl,
    CUSTOMERIO_TRACK_URL: sandbox.trackUrl,
    CUSTOMERIO_APP_RPS: '500',
  });
});
afterAll(async () => {
  await tested.stop();
  await sandbox.stop();
});

const path = (subject: Subject, action: string): string => `${pathOf(tested.context, subject)}${action}`;

/** A phone that is opted out by the ledger, and somebody who has it and this value at Customer.io. */
async function personWith(attributes: Readonly<Record<string, unknown>>): Promise<[Subject, string]> {
  const subject = freshSubject();
  const cioId = sandbox.workspace().addPerson({ attributes: { phone: subject.phone, ...attributes } });
  await record(tested.context, subject);
  await markApplied(tested.context, subject, []);
  return [subject, cioId];
}

describe('comparing one person with Customer.io', () => {
  it('shows who differs, with the number that Customer.io holds masked', async () => {
    const [subject, cioId] = await personWith({});
    expect((await tested.post(path(subject, '/verify'), {}, 'viewer')).status).toBe(403);
    const { status, text } = await tested.post(path(subject, '/verify'), {}, 'support');
    expect(status).toBe(200);
    expect(text).toContain('Customer.io differs from the ledger.');
    expect(text).toContain(cioId);
    expect(text).not.toContain(subject.phone.slice(1));
    expect(text).not.toContain('Have 1 person opted out');
  });

  it('says so when all agree', async () => {
    const [subject] = await personWith({ sms_unsubscribe: true });
    expect((await tested.post(path(subject, '/verify'))).text).toContain('agrees with the ledger');
  });

  it('has a worker correct it on an operator, with who and why', async () => {
    const [subject] = await personWith({ sms_unsubscribe: false });
    expect((await tested.post(path(subject, '/verify'))).text).toContain('Have 1 person opted out');
    expect((await tested.post(path(subject, '/correct'), { why: 'x' }, 'support')).status).toBe(403);
    const { status } = await tested.post(path(subject, '/correct'), { why: 'ticket 12' });
    expect(status).toBe(303);
    const { stores } = tested.context;
    expect(await stores.marks.read(subject)).toMatchObject({ reason: 'operator', mode: 'enforce' });
    expect((await stores.audit.list({ limit: 1 })).entries[0]).toMatchObject({
      action: 'sync',
      by: 'operator',
      why: 'ticket 12',
    });
  });
});

describe('setting people back', () => {
  /** Somebody who is opted out by a number that they no longer have. */
  async function orphan(): Promise<[Subject, string]> {
    const subject = freshSubject();
    const attributes = { phone: freshSubject().phone, sms_unsubscribe: true };
    const cioId = sandbox.workspace().addPerson({ attributes });
    await record(tested.context, subject);
    await markApplied(tested.context, subject, [cioId]);
    return [subject, cioId];
  }

  it('is asked for exactly those who were shown', async () => {
    const [subject, cioId] = await orphan();
    const { text } = await tested.post(path(subject, '/verify'));
    expect(text).toContain('Set 1 person back to false');
    expect(text).toContain(`name="person" value="${cioId}"`);
    const others = await tested.post(path(subject, '/set-back'), { person: 'another', why: 'moved' });
    expect(others.status).toBe(409);
    expect(others.text).toContain('preview_outdated');
    expect(await tested.context.stores.marks.read(subject)).toBeUndefined();
    const { status } = await tested.post(path(subject, '/set-back'), { person: cioId, why: 'moved' });
    expect(status).toBe(303);
    expect(await tested.context.stores.marks.read(subject)).toMatchObject({ allowOptIn: [cioId] });
  });
});

describe('a Customer.io that does not answer', () => {
  it('is said on the page of the person, which stays', async () => {
    const subject = freshSubject();
    const dead = await startTestConsole({ CUSTOMERIO_APP_URL: 'http://127.0.0.1:9' });
    try {
      await record(dead.context, subject);
      const { status, text } = await dead.post(`${pathOf(dead.context, subject)}/verify`);
      expect(status).toBe(502);
      expect(text).toContain('customerio_unreachable');
      expect(text).toContain('Timeline');
      expect((await dead.get(pathOf(dead.context, subject))).status).toBe(200);
    } finally {
      await dead.stop();
    }
  });
});
