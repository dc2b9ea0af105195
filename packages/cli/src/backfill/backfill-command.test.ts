import { E164, InboundEvent } from '@optout-sync/shared/domain';
import { enqueueSync } from '@optout-sync/shared/queues';
import {
  TWILIO_ACCOUNT_SID as SID,
  loggedBlocked,
  loggedInbound,
  startTwilioApi,
  type TwilioApi,
} from '@optout-sync/twilio-simulator';
import { openStores, runWith, type Ran } from '../test-support/cli';

const { env, queues, ledger, close } = openStores();
const TOKEN = '0123456789abcdef0123456789abcdef';
const TOKEN_OF_OTHER = 'a'.repeat(32);
const OTHER = `AC${'2'.repeat(32)}`;
const HOUR = 3_600_000;

let api: TwilioApi;
beforeEach(async () => {
  api = await startTwilioApi({ [SID]: TOKEN, [OTHER]: TOKEN_OF_OTHER });
});
afterEach(async () => {
  await queues.inbound.obliterate({ force: true });
  await api.stop();
});
afterAll(() => close());

const WHO = ['--by', 'Ann', '--why', 'ingest was down'];
const run = (...args: string[]): Promise<Ran> =>
  runWith(
    { ...env, TWILIO_ACCOUNT_SID: SID, TWILIO_AUTH_TOKEN: TOKEN, TWILIO_API_URL: api.url },
    'backfill',
    ...args,
  );
const waiting = async () =>
  (await queues.inbound.getJobs(['waiting', 'prioritized'])).flatMap((job) => job.data.payload.events);

let phones = 0;
const freshPhone = (): string => `+1415555${String(3_000 + phones++)}`;
const ago = (ms: number): Date => new Date(Math.floor((Date.now() - ms) / 1_000) * 1_000);

/** From an hour ago: a STOP in the ledger, ordered by its arrival, one that is not, a START, a blocked send, HELP, another text, and an address that is not a phone. */
async function logOfAnHour() {
  const at = ago(HOUR);
  const from = Array.from({ length: 4 }, freshPhone);
  const known = loggedInbound(at, { body: 'Stop', from: from[0]! });
  const missing = [
    loggedInbound(at, { body: 'STOP', from: from[1]! }),
    loggedInbound(at, { body: 'start', from: from[2]! }),
    loggedBlocked(at, { to: from[3]! }),
  ];
  api.log(
    known,
    ...missing,
    loggedInbound(at, { body: 'help' }),
    loggedInbound(at, { body: 'Hello' }),
    loggedInbound(at, { body: 'STOP', from: 'whatsapp:US.1' }),
    loggedInbound(ago(3 * HOUR), { body: 'STOP', from: freshPhone() }),
  );
  await applyAll([
    InboundEvent.parse({
      version: 1,
      messageSid: known.sid,
      accountSid: SID,
      kind: 'stop',
      channel: 'sms',
      phone: known.from,
      sender: known.messaging_service_sid,
      source: 'webhook',
      occurredAt: at.getTime(),
      receivedAt: at.getTime(),
    }),
  ]);
  return { at, known: known.sid, missing: missing.map(({ sid }) => sid) };
}

async function recordAll(events: readonly InboundEvent[]): Promise<void> {
  for (const event of events) {
    await ledger.record({ workspace: 'default', channel: event.channel, phone: event.phone }, event);
  }
}

/** As the worker does: records them and has them applied. */
async function applyAll(events: readonly InboundEvent[]): Promise<void> {
  for (const event of events) {
    const subject = { workspace: 'default', channel: event.channel, phone: event.phone };
    const { version } = await ledger.record(subject, event);
    await ledger.markApplied(subject, version, { outcome: 'applied', people: ['a1'] });
  }
}

const FOUND = {
  accountSid: SID,
  messages: 7,
  inbound: 6,
  optOuts: 2,
  optIns: 1,
  toReview: 0,
  blockedSends: 1,
  notUnderstood: 1,
  known: 1,
  missing: 3,
  imprecise: 1,
};

describe('backfill', () => {
  it('counts exactly and enqueues nothing without --yes', async () => {
    await logOfAnHour();
    const { code, out } = await run('--since', '2h', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ done: false, accounts: [{ ...FOUND, enqueued: 0 }] });
    expect(await waiting()).toEqual([]);
    const text = await run('--since', '2h');
    expect(text.out).toContain('Would enqueue 4. Nothing was done.');
    expect(text.out).not.toContain('+1415');
  });

  it('enqueues what is missing or has a time of arrival, at the time Twilio gives, and finds nothing once it is recorded', async () => {
    const { at, known, missing } = await logOfAnHour();
    const { code, out } = await run('--since', '2h', '--yes', ...WHO);
    expect([code, out]).toEqual([0, expect.stringContaining('Enqueued 4.')]);
    const events = await waiting();
    expect(new Set(events.map(({ messageSid }) => messageSid))).toEqual(new Set([known, ...missing]));
    expect(new Set(events.map(({ source }) => source))).toEqual(new Set(['backfill']));
    for (const event of events) expect(event.orderAt ?? event.occurredAt).toBe(at.getTime());

    // A second run before a worker has taken the jobs adds none.
    expect((await run('--since', '2h', '--yes', ...WHO)).out).toContain('Enqueued 4.');
    expect(await waiting()).toHaveLength(4);

    await applyAll(events);
    const again = await run('--since', '2h', '--yes', ...WHO, '--json');
    expect(JSON.parse(again.out)).toMatchObject({
      accounts: [{ ...FOUND, known: 4, missing: 0, imprecise: 0, enqueued: 0 }],
    });
  });

  it('enqueues an event that waits in the ledger without a job, and not one whose sync is queued', async () => {
    const [lost, queued] = [freshPhone(), freshPhone()];
    api.log(
      loggedInbound(ago(HOUR), { body: 'STOP', from: lost }),
      loggedInbound(ago(HOUR), { body: 'STOP', from: queued }),
    );
    await run('--since', '2h', '--yes', ...WHO);
    await recordAll(await waiting());
    await queues.inbound.obliterate({ force: true });
    const phone = E164.parse(queued);
    await enqueueSync(queues, { version: 1, workspace: 'default', channel: 'sms', phone });
    const { out } = await run('--since', '2h', '--yes', ...WHO, '--json');
    expect(JSON.parse(out)).toMatchObject({ accounts: [{ known: 1, missing: 1, enqueued: 1 }] });
    expect((await waiting()).map((event) => event.phone)).toEqual([lost]);
  });

  it('enqueues at most at the given rate', async () => {
    api.log(
      ...Array.from({ length: 60 }, () => loggedInbound(ago(HOUR), { body: 'STOP', from: freshPhone() })),
    );
    const startedAt = performance.now();
    expect((await run('--since', '2h', '--yes', ...WHO, '--rate', '60')).out).toContain('Enqueued 60.');
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(900);
    expect(await waiting()).toHaveLength(60);
  });

  it('continues where it was interrupted', async () => {
    const lost = Array.from({ length: 1_050 }, () =>
      loggedInbound(ago(HOUR), { body: 'STOP', from: freshPhone() }),
    );
    api.log(...lost);
    api.failNext('none', { status: 404 });
    const fast = ['--since', '2h', '--yes', ...WHO, '--rate', '100000'];
    expect(await run(...fast)).toMatchObject({
      code: 1,
      error: expect.stringMatching(/error \(twilio_refused\)/) as string,
    });
    const before = await waiting();
    expect(before).toHaveLength(1_000);
    await applyAll(before);
    await queues.inbound.obliterate({ force: true });
    expect((await run(...fast)).out).toContain('Enqueued 50.');
    expect(await waiting()).toHaveLength(50);
  });

  it('reads the log of the given account, or of all', async () => {
    const several = {
      ...env,
      TWILIO_API_URL: api.url,
      TWILIO_ACCOUNT_SID: OTHER,
      TWILIO_AUTH_TOKEN: TOKEN_OF_OTHER,
    };
    api.log(loggedInbound(ago(HOUR), { body: 'STOP', account_sid: OTHER, from: freshPhone() }));
    const { out } = await runWith(several, 'backfill', '--since', '2h', '--json', '--account', OTHER);
    expect(JSON.parse(out)).toMatchObject({ accounts: [{ accountSid: OTHER, missing: 1 }] });
    expect(await runWith(several, 'backfill', '--since', '2h', '--account', SID)).toMatchObject({
      code: 2,
      error: expect.stringContaining('account_unknown') as string,
    });
  });

  it('reports that Twilio rejects the token, without printing it', async () => {
    const wrong = {
      ...env,
      TWILIO_API_URL: api.url,
      TWILIO_ACCOUNT_SID: SID,
      TWILIO_AUTH_TOKEN: 'f'.repeat(32),
    };
    const { code, error } = await runWith(wrong, 'backfill', '--since', '2h');
    expect([code, error]).toEqual([
      1,
      `error (twilio_unauthorized): Twilio responds with 401, code 20003: check the auth token of ${SID}`,
    ]);
  });

  it.each([
    ['no --since', []],
    ['a value that is not a time', ['--since', 'yesterday']],
    ['a time in the future', ['--since', '2999-01-01']],
    ['an end before the start', ['--since', '1h', '--until', '2h']],
    ['a rate of 0', ['--since', '1h', '--rate', '0']],
  ])('rejects %s', async (_, args) => {
    expect((await run(...args)).code).toBe(2);
    expect(api.requests).toEqual([]);
  });

  it('sends the token in clear to this machine only', async () => {
    const elsewhere = {
      ...env,
      TWILIO_ACCOUNT_SID: SID,
      TWILIO_AUTH_TOKEN: TOKEN,
      TWILIO_API_URL: 'http://twilio.example.com',
    };
    const { code, error } = await runWith(elsewhere, 'backfill', '--since', '1h');
    expect([code, error]).toEqual([78, expect.stringContaining('TWILIO_API_URL: must be https')]);
  });
});
