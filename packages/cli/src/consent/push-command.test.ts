import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TWILIO_ACCOUNT_SID as SID, startTwilioApi, type TwilioApi } from '@optout-sync/twilio-simulator';
import type { Env } from '@optout-sync/shared/config';
import { InboundEvent } from '@optout-sync/shared/domain';
import { runWith, type Ran } from '../test-support/cli';
import { startVerifySystem, type VerifySystem } from '../test-support/verify';

const TOKEN = '0123456789abcdef0123456789abcdef';
const SENDER = `MG${'a'.repeat(32)}`;
const DO_IT = ['--yes', '--by', 'Ann', '--why', 'calls of May'];
const dir = mkdtempSync(join(tmpdir(), 'consent-'));

let [system, twilio]: [VerifySystem, TwilioApi] = [] as never;
beforeAll(async () => {
  system = await startVerifySystem();
});
beforeEach(async () => {
  twilio = await startTwilioApi({ [SID]: TOKEN });
  await system.queues.inbound.obliterate({ force: true });
});
afterEach(() => twilio.stop());
afterAll(async () => {
  await system.stop();
  rmSync(dir, { recursive: true });
});

const env = (): Env => ({
  ...system.env,
  TWILIO_ACCOUNT_SID: SID,
  TWILIO_AUTH_TOKEN: TOKEN,
  TWILIO_API_URL: twilio.url,
});
const push = (...args: string[]): Promise<Ran> => runWith(env(), 'consent', 'push', ...args);
const enqueued = async () =>
  (await system.queues.inbound.getJobs()).flatMap((job) => job.data.payload.events);
const consents = () => [...twilio.account(SID).consents.values()];
let files = 0;
function csv(...lines: readonly string[]): string {
  const path = join(dir, `${String(files++)}.csv`);
  writeFileSync(path, lines.join('\n'));
  return path;
}

describe('consent push', () => {
  it('previews, and changes nothing without --yes', async () => {
    const { phone } = system.freshSubject();
    const { code, out } = await push(phone, '--sender', SENDER);
    expect(code).toBe(0);
    expect(out).toMatch(/\+1415\*\*\*\*\*\d\d +MG\w+ .*to the ledger and to Twilio/);
    expect(out).toContain('Would push 1 opt-out.\nNothing was done.');
    expect(out).not.toContain(phone);
    expect(twilio.requests).toEqual([]);
    expect(await enqueued()).toEqual([]);
  });

  it('marks a number at Twilio, and enqueues it for the ledger with who and why', async () => {
    const { phone } = system.freshSubject();
    const { code, out } = await push(phone, '--sender', SENDER, ...DO_IT);
    expect([code, out]).toEqual([0, expect.stringContaining('Twilio has 1 of 1.')]);
    expect(consents()).toMatchObject([
      { contact_id: phone, sender_id: SENDER, status: 'opt-out', source: 'offline' },
    ]);
    expect(await enqueued()).toMatchObject([
      { phone, sender: SENDER, kind: 'stop', source: 'manual', by: 'Ann', why: 'calls of May' },
    ]);
    expect((await enqueued())[0]).not.toHaveProperty('reason');
    const [entry] = (await system.audit.list({ limit: 1 })).entries;
    expect(entry).toMatchObject({ action: 'override', by: 'Ann', details: { phone } });
  });

  it('sends 60 rows of a file in three calls, with the dates that they have, and says what is wrong with others', async () => {
    const rows = Array.from({ length: 60 }, () => `${system.freshSubject().phone},2026-01-05`);
    const path = csv('phone,date', ...rows, '12,', '+14155550123,tomorrow', rows[0] ?? '');
    const { code, out } = await push('--csv', path, '--sender', SENDER, ...DO_IT);
    expect(code).toBe(3);
    expect(out).toContain('Twilio has 60 of 60.');
    expect(out).toMatch(/row 62 is left out \(phone_invalid\): .*\nrow 63 is left out \(date_invalid\)/);
    expect(out).toContain('1 repeated what another row says.');
    expect(twilio.writes).toEqual(Array(3).fill('POST /v1/Consents/Bulk'));
    expect(consents()).toHaveLength(60);
    expect(consents()[0]).toMatchObject({ date_of_consent: '2026-01-05T00:00:00Z' });
    expect(await enqueued()).toHaveLength(60);
  });

  it('goes on with what the ledger has already, and repeats nothing there', async () => {
    const subject = system.freshSubject();
    await system.record(subject, { sender: SENDER });
    const preview = await push(subject.phone, '--sender', SENDER);
    expect(preview.out).toContain('to Twilio; the ledger has it');
    expect((await push(subject.phone, '--sender', SENDER, ...DO_IT)).code).toBe(0);
    expect(consents()).toHaveLength(1);
    expect(await enqueued()).toEqual([]);
  });

  it('does not undo a START that is later than the opt-out', async () => {
    const subject = system.freshSubject();
    await system.record(subject, { sender: SENDER, kind: 'start' });
    const path = csv('phone,date', `${subject.phone},2026-01-05`);
    const { code, out } = await push('--csv', path, '--sender', SENDER, '--json', ...DO_IT);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      items: [{ action: 'superseded', twilio: 'skipped', enqueued: false }],
    });
    expect(consents()).toEqual([]);
  });

  it('says of each number what Twilio refused, and obeys the opt-out all the same', async () => {
    const [good, bad] = [system.freshSubject().phone, system.freshSubject().phone];
    const path = csv('phone,sender', `${good},${SENDER}`, `${bad},ACME`);
    const { code, out } = await push('--csv', path, '--json', ...DO_IT);
    expect(code).toBe(3);
    expect(JSON.parse(out)).toMatchObject({
      done: true,
      items: [
        { twilio: 'stored', enqueued: true, errorCode: null },
        { twilio: 'refused', enqueued: true, errorCode: 30646, messages: ['INVALID_SENDER_ID'] },
      ],
    });
    expect(out).not.toContain(good);
    expect(await enqueued()).toHaveLength(2);
  });

  it('ends with 3 where the ledger took it and Twilio did not, and with 1 where nothing was done', async () => {
    const subject = system.freshSubject();
    twilio.failNext({ status: 401, body: '{"code":20003}' });
    const inLedgerAlone = await push(subject.phone, '--sender', SENDER, ...DO_IT);
    expect([inLedgerAlone.code, inLedgerAlone.out]).toEqual([3, expect.stringMatching(/enqueued +failed/)]);
    expect(await enqueued()).toHaveLength(1);
    await system.record(subject, { sender: SENDER });
    twilio.failNext({ status: 401, body: '{"code":20003}' });
    const inNeither = await push(subject.phone, '--sender', SENDER, ...DO_IT);
    expect([inNeither.code, inNeither.out]).toEqual([1, expect.stringContaining('Twilio has 0 of 1.')]);
  });

  it('waits for the rate limit of Twilio, and ends at what does not pass', async () => {
    const phones = Array.from({ length: 30 }, () => system.freshSubject().phone);
    twilio.failNext({ status: 429, headers: { 'retry-after': '0' } }, { status: 200, body: '<html>' });
    const { code, out } = await push(...phones, '--sender', SENDER, '--json', ...DO_IT);
    expect(code).toBe(3);
    const { items } = JSON.parse(out) as { items: { twilio: string; errorCode: string }[] };
    expect(items).toHaveLength(25);
    expect(items[0]).toMatchObject({ twilio: 'failed', errorCode: 'twilio_answer_not_understood' });
    const again = await push(...phones, '--sender', SENDER, ...DO_IT);
    expect(again.code).toBe(0);
    expect(consents()).toHaveLength(30);
  });

  it.each([
    ['neither phones nor a file', ['--sender', SENDER], 'options_conflict'],
    ['phones and a file', ['+14155550123', '--csv', 'x', '--sender', SENDER], 'options_conflict'],
    ['no sender', ['+14155550123'], 'sender_missing'],
    ['no sender for Customer.io', ['--from-customerio'], 'sender_missing'],
    ['no sender for the ledger', ['--from-ledger'], 'sender_missing'],
    ['several senders for the ledger', ['--from-ledger', '--sender', '1', '--sender', '2'], 'sender_missing'],
    ['two sources', ['--from-ledger', '--from-customerio', '--sender', SENDER], 'options_conflict'],
    [
      'a sender of no ledger',
      ['+14155550123', '--opted-out-of', '1', '--sender', SENDER],
      'options_conflict',
    ],
    ['a cursor that is none', ['--from-ledger', '--sender', SENDER, '--cursor', 'x'], 'cursor_invalid'],
    ['a sender that is none', ['+14155550123', '--sender', 'MG1'], 'sender_invalid'],
    ['a WhatsApp number', ['whatsapp:+14155550123', '--sender', SENDER], 'channel_unsupported'],
    ['a phone that is none', ['555', '--sender', SENDER], 'phone_invalid'],
    ['nobody who does it', ['+14155550123', '--sender', SENDER, '--yes'], 'who_missing'],
    ['a file that is not there', ['--csv', '/nowhere/x', '--sender', SENDER], 'file_unreadable'],
    ['an unknown account', ['+14155550123', '--sender', SENDER, '--account', 'AC2'], 'account_unknown'],
  ])('refuses %s', async (_, args, said) => {
    const { code, error } = await push(...args);
    expect([code, error]).toEqual([2, expect.stringContaining(said)]);
    expect(twilio.requests).toEqual([]);
  });

  it.each([';', '\t'])('reads a file whose columns are separated by %j', async (delimiter) => {
    const { phone } = system.freshSubject();
    const path = csv(
      ['Phone', 'Note', 'Date'].join(delimiter),
      [phone, 'a, b', '2026-01-05'].join(delimiter),
    );
    const { code, out } = await push('--csv', path, '--sender', SENDER, '--json', '--reveal');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      invalid: [],
      items: [{ phone, givenAt: '2026-01-05T00:00:00.000Z', action: 'push' }],
    });
  });

  it('refuses a file without a column of phones', async () => {
    const { code, error } = await push('--csv', csv('number', '+14155550123'), '--sender', SENDER);
    expect([code, error]).toEqual([2, expect.stringContaining('csv_invalid')]);
  });
});

describe('consent push --from-customerio', () => {
  const optedOut = (phone: string | undefined) =>
    system.workspace.addPerson({ attributes: { ...(phone && { phone }), sms_unsubscribe: true } });

  it('finds those who are opted out by hand, page by page, and not those that the ledger knows', async () => {
    system.workspace.reset();
    const [byHand, known, written] = [system.freshSubject(), system.freshSubject(), system.freshSubject()];
    await system.record(known, { sender: '+15005550006' });
    optedOut(byHand.phone);
    optedOut(known.phone);
    optedOut(undefined);
    optedOut(`+1 (${written.phone.slice(2, 5)}) ${written.phone.slice(5)}`);
    system.workspace.addPerson({
      attributes: { phone: system.freshSubject().phone, sms_unsubscribe: false },
    });
    const args = ['--from-customerio', '--sender', SENDER, '--json', '--reveal'];
    const first = JSON.parse((await push(...args, '--limit', '2')).out) as { next: string; items: unknown[] };
    expect(first).toMatchObject({
      done: false,
      searched: { examined: 2, known: 1, withoutPhone: 0, ambiguous: 0 },
      items: [{ phone: byHand.phone, action: 'push' }],
    });
    const second = await push(...args, '--limit', '2', '--cursor', first.next, ...DO_IT);
    expect(JSON.parse(second.out)).toMatchObject({
      searched: { examined: 2, known: 0, withoutPhone: 1, ambiguous: 0 },
      items: [{ phone: written.phone, twilio: 'stored', enqueued: true }],
    });
    expect(consents()).toMatchObject([{ contact_id: written.phone, status: 'opt-out' }]);
    expect(await enqueued()).toMatchObject([
      { phone: written.phone, source: 'manual', reason: 'customerio' },
    ]);
  });

  it.each([
    ['national', ['+16465550101'], { withoutPhone: 0, ambiguous: 0 }],
    ['e164,national', ['+16465550101'], { withoutPhone: 0, ambiguous: 0 }],
    ['e164,digits', ['+6465550101'], { withoutPhone: 0, ambiguous: 0 }],
    ['e164', [], { withoutPhone: 1, ambiguous: 0 }],
    ['e164,digits,national', [], { withoutPhone: 0, ambiguous: 1 }],
  ])('reads 6465550101 in the formats %s, and leaves out who may be two', async (formats, phones, counts) => {
    system.workspace.reset();
    optedOut('6465550101');
    const settings = { ...env(), CUSTOMERIO_PHONE_FORMATS: formats, DEFAULT_COUNTRY: 'US' };
    const args = ['consent', 'push', '--from-customerio', '--sender', SENDER];
    const preview = await runWith(settings, ...args);
    expect(preview.out).toContain(`${String(counts.ambiguous)} with one that may be several numbers.`);
    const { code, out } = await runWith(settings, ...args, '--json', '--reveal', ...DO_IT);
    expect([code, JSON.parse(out)]).toMatchObject([
      0,
      { searched: { examined: 1, known: 0, ...counts }, items: phones.map((phone) => ({ phone })) },
    ]);
    expect((await enqueued()).map(({ phone }) => phone)).toEqual(phones);
    expect(consents().map(({ contact_id }) => contact_id)).toEqual(phones);
  });

  it('counts somebody whose phone may be two numbers as known where the ledger has an opt-out of one', async () => {
    system.workspace.reset();
    const { phone } = system.freshSubject();
    const stopped = {
      workspace: 'default',
      channel: 'sms',
      phone: InboundEvent.shape.phone.parse('+16465550102'),
    } as const;
    await system.record(stopped);
    optedOut('6465550102');
    optedOut(phone.slice(1));
    const settings = { ...env(), CUSTOMERIO_PHONE_FORMATS: 'digits,national', DEFAULT_COUNTRY: 'US' };
    const { out } = await runWith(
      settings,
      'consent',
      'push',
      '--from-customerio',
      '--sender',
      SENDER,
      '--json',
      '--reveal',
    );
    expect(JSON.parse(out)).toMatchObject({
      searched: { examined: 2, known: 1, withoutPhone: 0, ambiguous: 0 },
      items: [{ phone }],
    });
  });
});

describe('consent push --from-ledger', () => {
  const OLD = '+15005550077';
  const args = ['--from-ledger', '--opted-out-of', OLD, '--sender', SENDER];

  it('gives a sender the opt-outs of another one, in the ledger and at Twilio', async () => {
    const [stopped, back, other] = [system.freshSubject(), system.freshSubject(), system.freshSubject()];
    await system.record(stopped, { sender: OLD });
    await system.record(back, { sender: OLD });
    await system.record(back, { sender: OLD, kind: 'start' });
    await system.record(other, { sender: '+15005550078' });
    const preview = await push(...args, '--json', '--reveal');
    expect(JSON.parse(preview.out)).toMatchObject({
      done: false,
      searched: { unreadable: 0 },
      items: [{ phone: stopped.phone, sender: SENDER, action: 'push' }],
    });
    expect(twilio.requests).toEqual([]);
    expect((await push(...args, ...DO_IT)).code).toBe(0);
    expect(consents()).toMatchObject([{ contact_id: stopped.phone, sender_id: SENDER, status: 'opt-out' }]);
    expect(await enqueued()).toMatchObject([{ phone: stopped.phone, sender: SENDER, kind: 'stop' }]);
  });

  it('restores the list of a sender that the ledger has, and says where to go on after a failure', async () => {
    const sender = '+15005550079';
    for (let n = 0; n < 30; n++) await system.record(system.freshSubject(), { sender });
    const restore = ['--from-ledger', '--sender', sender, ...DO_IT];
    twilio.failNext('none', { status: 401, body: '{"code":20003}' });
    const failed = await push(...restore);
    expect([failed.code, failed.out]).toEqual([3, expect.stringContaining('Twilio has 25 of 30.')]);
    expect(failed.out).not.toContain('--cursor');
    const again = await push(...restore);
    expect([again.code, again.out]).toEqual([0, expect.stringContaining('Twilio has 30 of 30.')]);
    expect(consents()).toHaveLength(30);
    expect(await enqueued()).toEqual([]);
  });
});
