import {
  startCustomerIoSandbox,
  type CustomerIoSandbox,
  type SandboxWorkspace,
} from '@optout-sync/customerio-sandbox';
import type { Env } from '@optout-sync/shared/config';
import {
  TWILIO_ACCOUNT_SID as SID,
  TWILIO_MESSAGING_SERVICE_SID as SERVICE,
  loggedBlocked,
  loggedInbound,
  startTwilioApi,
  type LoggedMessage,
  type TwilioApi,
} from '@optout-sync/twilio-simulator';
import { assess, type Assessment } from './assess';
import { readAssessConfig } from './config';

const DAY = 86_400_000;
const UNTIL = Date.parse('2026-02-25T10:00:00Z');
const SINCE = UNTIL - 5 * DAY;
const TOKEN = '0123456789abcdef0123456789abcdef';
const OURS = '+15005550006';

let [api, sandbox, workspace]: [TwilioApi, CustomerIoSandbox, SandboxWorkspace] = [] as never;
beforeEach(async () => {
  api = await startTwilioApi({ [SID]: TOKEN });
  sandbox = await startCustomerIoSandbox({ appRps: 0, optOutDelayMs: 0 });
  workspace = sandbox.workspace();
});
afterEach(async () => {
  await api.stop();
  await sandbox.stop();
});

const env = (more: Env = {}): Env => ({
  TWILIO_ACCOUNT_SID: SID,
  TWILIO_AUTH_TOKEN: TOKEN,
  TWILIO_API_URL: api.url,
  CUSTOMERIO_APP_API_KEY: workspace.appApiKey,
  CUSTOMERIO_APP_URL: sandbox.appUrl,
  ...more,
});
const run = (more: Env = {}, signal?: AbortSignal): Promise<Assessment> =>
  assess(
    readAssessConfig(env(more), undefined),
    { since: SINCE, until: UNTIL, requestsPerSecond: 500, signal },
    () => undefined,
  );
const inbound = (from: string, body: string, day: number, more: LoggedMessage = {}) =>
  loggedInbound(new Date(SINCE + day * DAY), { from, body, ...more });
const sent = (to: string, day: number, more: LoggedMessage = {}) =>
  inbound(OURS, 'Sale!', day, { direction: 'outbound-api', to, status: 'delivered', ...more });
const profile = (phone: string, optedOut?: boolean): string =>
  workspace.addPerson({
    attributes: { phone, ...(optedOut !== undefined && { sms_unsubscribe: optedOut }) },
  });
const putOnNativeList = async (cioId: string, from: string): Promise<void> => {
  const response = await fetch(`${sandbox.appUrl}/v1/customers/${cioId}/optouts?id_type=cio_id`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${workspace.appApiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ optouts: [{ from, optout: true, channel: 'sms' }] }),
  });
  expect(response.status).toBe(204);
};
const found = ({ numbers }: Assessment, phone: string) => numbers.find((one) => one.phone === phone);

describe('assess', () => {
  it('finds who said STOP and is subscribed, was texted, is not on the native list or has no profile', async () => {
    const [good, half, texted, nobody] = ['+14155550101', '+14155550102', '+14155550103', '+14155550104'];
    api.log(
      ...[good, half, texted, nobody].map((phone) => inbound(phone, 'STOP', 1)),
      sent(texted, 3, { from: '+15005550009', messaging_service_sid: null }),
      loggedBlocked(new Date(SINCE + 4 * DAY), { to: texted }),
      sent(good, 0),
    );
    await putOnNativeList(profile(good, true), OURS);
    profile(half, true);
    profile(half);
    await putOnNativeList(profile(texted, true), SERVICE);
    const assessment = await run();
    expect(found(assessment, good)).toBeUndefined();
    expect(found(assessment, half)?.findings).toEqual(['still_subscribed', 'not_on_native_list']);
    expect(found(assessment, texted)).toMatchObject({
      findings: ['texted_after'],
      textedAfter: 1,
      blockedAfter: 1,
      lastTextedAt: SINCE + 3 * DAY,
    });
    expect(found(assessment, nobody)?.findings).toEqual(['no_profile']);
    expect(assessment.summary).toEqual({
      stopped: { numbers: 4, provenByBlockedSend: 0 },
      started: { numbers: 0 },
      textedAfter: { numbers: 1, messages: 1 },
      stillSubscribed: { numbers: 1, profiles: 1 },
      notOnNativeList: { numbers: 1 },
      noProfile: { numbers: 1 },
      ownWords: { numbers: 0 },
      stillOptedOut: { numbers: 0, profiles: 0 },
      blockedAfter: { messages: 1 },
    });
    expect(assessment.counts).toMatchObject({ messages: 7, inbound: 4, optOuts: 4, blockedSends: 1 });
  });

  it('finds own words without a keyword, opt-ins that stay opted out, and opt-outs of before the span', async () => {
    const [words, back, before] = ['+14155550111', '+14155550112', '+14155550113'];
    api.log(
      inbound(words, 'Please stop texting me', 1),
      inbound(back, 'STOP', 1),
      inbound(back, 'START', 2),
      loggedBlocked(new Date(SINCE + DAY), { to: before }),
    );
    profile(words);
    profile(back, true);
    profile(before, false);
    const assessment = await run();
    expect(found(assessment, words)).toMatchObject({ state: 'none', findings: ['own_words'] });
    expect(found(assessment, back)).toMatchObject({ state: 'started', findings: ['still_opted_out'] });
    expect(found(assessment, before)).toMatchObject({ provenByBlockedSend: true, state: 'stopped' });
    expect(found(assessment, before)?.findings).toContain('still_subscribed');
  });

  it('reads each day of the log once, oldest first, and writes nothing', async () => {
    api.log(inbound('+14155550101', 'STOP', 1));
    await run();
    const starts = api.requests.map((path) => new URL(path, 'http://x').searchParams.get('DateSent>'));
    expect(starts).toEqual(starts.toSorted());
    expect(new Set(starts).size).toBe(starts.length);
    const requests = sandbox.requests();
    expect(new Set(requests.map(({ method, path }) => `${method} ${path.split('?')[0] ?? ''}`))).toEqual(
      new Set(['POST /v1/customers']),
    );
  });

  it('finds people in many searches, and tells apart who has which number', async () => {
    const phones = Array.from({ length: 130 }, (_, n) => `+1415557${String(1_000 + n)}`);
    api.log(...phones.map((phone) => inbound(phone, 'STOP', 2)));
    for (const [n, phone] of phones.entries()) if (n % 2 === 0) profile(phone, n % 4 === 0);
    const { summary } = await run();
    expect(summary).toMatchObject({
      stopped: { numbers: 130 },
      noProfile: { numbers: 65 },
      stillSubscribed: { numbers: 32, profiles: 32 },
    });
    // The first one asks for nobody.
    expect(sandbox.requests({ path: /^\/v1\/customers\?/ })).toHaveLength(1 + 3);
  });

  it('divides a search that Customer.io refuses or that finds too many people', async () => {
    await sandbox.stop();
    sandbox = await startCustomerIoSandbox({ appRps: 0, maxFilterConditions: 10 });
    workspace = sandbox.workspace();
    const phones = Array.from({ length: 30 }, (_, n) => `+1415557${String(1_000 + n)}`);
    api.log(...phones.map((phone) => inbound(phone, 'STOP', 2)));
    for (const phone of phones) profile(phone);
    for (let n = 0; n < 1_200; n++) profile(phones[3] ?? '');
    const { summary } = await run();
    expect(summary.stillSubscribed).toEqual({ numbers: 30, profiles: 1_230 });
  });

  it('searches for numbers one by one where somebody was found whose number is another one by now', async () => {
    const [left, stays] = ['+14155550121', '+14155550122'];
    api.log(inbound(left, 'STOP', 1), inbound(stays, 'STOP', 1));
    const moved = profile(left);
    profile(stays);
    await run();
    workspace.lagIndex(3_600_000);
    workspace.setAttributes(moved, { phone: '+14155550999' });
    const assessment = await run();
    expect(found(assessment, left)?.profiles).toEqual([{ cioId: moved, optedOut: false }]);
    expect(found(assessment, stays)?.profiles).toHaveLength(1);
  });

  it('wants somebody on the list of every sender that they said STOP to', async () => {
    const phone = '+14155550131';
    api.log(
      inbound(phone, 'STOP', 1),
      inbound(phone, 'STOP', 2, { to: '+15005550009', messaging_service_sid: null }),
    );
    const cioId = profile(phone, true);
    await putOnNativeList(cioId, OURS);
    expect(found(await run(), phone)?.findings).toEqual(['not_on_native_list']);
    await putOnNativeList(cioId, '+15005550009');
    expect(found(await run(), phone)).toBeUndefined();
  });

  it('says what it does not know where Customer.io has no list of its own', async () => {
    api.log(inbound('+14155550101', 'STOP', 1));
    profile('+14155550101', true);
    sandbox.fault({ effect: { kind: 'status', status: 403 }, match: { path: /^\/v1\/optouts/ } });
    const { summary, nativeListUnknown } = await run();
    expect(summary.notOnNativeList).toBeNull();
    expect(nativeListUnknown).toContain('Customer.io');
  });

  it('waits for what passes, and fails with the code of what does not', async () => {
    api.log(inbound('+14155550101', 'STOP', 1));
    api.failNext({ status: 503 });
    sandbox.fault({ effect: { kind: 'status', status: 503 }, times: 1 });
    expect((await run()).summary.stopped.numbers).toBe(1);
    await expect(run({ CUSTOMERIO_APP_API_KEY: 'wrong' })).rejects.toMatchObject({
      code: 'customerio_unauthorized',
      message: expect.stringContaining('CUSTOMERIO_APP_API_KEY') as string,
    });
    await expect(run({ TWILIO_AUTH_TOKEN: 'f'.repeat(32) })).rejects.toMatchObject({
      code: 'twilio_unauthorized',
    });
  });

  it('sends no more requests a second than it may, to either of the two', async () => {
    api.log(...['+14155550101', '+14155550102'].map((phone) => inbound(phone, 'STOP', 1)));
    profile('+14155550101', true);
    const startedAt = performance.now();
    await assess(
      readAssessConfig(env(), undefined),
      { since: SINCE, until: UNTIL, requestsPerSecond: 10 },
      () => undefined,
    );
    const toCustomerIo = sandbox.requests().length;
    expect([api.requests.length, toCustomerIo]).toEqual([6, 5]);
    // The first request to each goes at once.
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual((5 + 3) * 100 - 20);
  });

  it('ends when it is asked to', async () => {
    const stop = new AbortController();
    stop.abort();
    await expect(run({}, stop.signal)).rejects.toMatchObject({ code: 'interrupted' });
    expect(api.requests).toEqual([]);
  });

  it('needs no Redis and no key that writes, and names everything that is missing at once', () => {
    expect(readAssessConfig(env(), undefined).workspace.name).toBe('default');
    expect(() => readAssessConfig({}, undefined)).toThrow(
      expect.objectContaining({
        errors: [
          'TWILIO_ACCOUNT_SID is required',
          'TWILIO_AUTH_TOKEN is required',
          'CUSTOMERIO_APP_API_KEY is required',
        ],
      }) as Error,
    );
  });
});
