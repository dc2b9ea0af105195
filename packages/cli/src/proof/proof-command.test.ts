import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { E164, InboundEvent, type Subject } from '@optout-sync/shared/domain';
import { messageSid } from '@optout-sync/twilio-simulator';
import { openStores, runWith, type Ran } from '../test-support/cli';
import { sentAfterEntry } from '../test-support/sent-after';

const stores = openStores();
const dir = mkdtempSync(join(tmpdir(), 'proof-'));
afterAll(async () => {
  await stores.close();
  rmSync(dir, { recursive: true });
});

const AT = Date.parse('2026-02-25T10:00:00Z');
const KEY = 'k'.repeat(32);
const HOSTILE = '</script><img src=x onerror=alert(1)>\u001b[2J\u202eevil';
const run = (...args: string[]): Promise<Ran> => runWith(stores.env, 'proof', ...args);
const runKeyed = (key: string, ...args: string[]): Promise<Ran> =>
  runWith({ ...stores.env, PROOF_KEY: key }, 'proof', ...args);

let phones = 0;
/** A phone that said STOP, was sent to in vain, and was opted in by hand by somebody with a hostile name. */
async function provenPhone(end: 'opted in' | 'without an opt-in' = 'opted in'): Promise<E164> {
  const phone = E164.parse(`+1415558${String(1_000 + phones++)}`);
  const subject: Subject = { workspace: 'default', channel: 'sms', phone };
  const record = async (more: Partial<InboundEvent>): Promise<number> => {
    const event = InboundEvent.parse({
      version: 1,
      messageSid: messageSid(),
      accountSid: `AC${'1'.repeat(32)}`,
      kind: 'stop',
      channel: 'sms',
      phone,
      sender: `MG${'a'.repeat(32)}`,
      source: 'webhook',
      occurredAt: AT,
      receivedAt: AT + 250,
      ...more,
    });
    return (await stores.ledger.record(subject, event)).version;
  };
  const version = await record({});
  await stores.ledger.markApplied(subject, version, { outcome: 'applied', people: ['a1'] });
  const blocked = { source: 'status_callback', orderAt: AT + 5_000 } as const;
  await record({ ...blocked, occurredAt: AT + 10_000, receivedAt: AT + 10_000 });
  if (end === 'without an opt-in') return phone;
  const manual = { source: 'manual', kind: 'start', by: HOSTILE, why: HOSTILE } as const;
  await record({ ...manual, occurredAt: AT + 20_000, receivedAt: AT + 20_000 });
  return phone;
}

let files = 0;
function fileOf(content: string): string {
  const path = join(dir, `proof-${String(files++)}`);
  writeFileSync(path, content);
  return path;
}

describe('proof', () => {
  it('prints what a lawyer asks for, and what is not known', async () => {
    const phone = await provenPhone();
    const { code, out } = await run(phone);
    expect(code).toBe(0);
    expect(out).toContain(`${phone} (sms, workspace default) is opted in since 2026-02-25T10:00:20.000Z`);
    expect(out).toMatch(
      /SM[0-9a-f]{32} +STOP +2026-02-25T10:00:00.000Z .*2026-02-25T10:00:00.250Z .*applied 20/,
    );
    expect(out).toMatch(
      /blocked send +2026-02-25T10:00:10.000Z .* Twilio refused to send: its own list has the number +/,
    );
    expect(out).toMatch(/STOP .* a keyword, or what Twilio took for one +/);
    expect(out).toContain('No message of this number was removed: the list is complete.');
    expect(out).toMatch(/^SHA-256 [0-9a-f]{64}$/m);
    expect(out).toContain('has no key: it shows an accidental change');
  });

  it('does not claim to be complete where a person was erased', async () => {
    const phone = await provenPhone('without an opt-in');
    const subject: Subject = { workspace: 'default', channel: 'sms', phone };
    expect(await stores.ledger.erase(subject, { all: false })).toBe('erased');
    const { out } = await run(phone);
    expect(out).toContain('is opted out since 2026-02-25T10:00:00.000Z');
    expect(out).toContain('What was stored of this number was erased.');
    expect(out).not.toMatch(/SM[0-9a-f]{32}|list is complete|earlier releases/);
  });

  it('says which messages were sent after the opt-out, or what was not checked', async () => {
    const phone = await provenPhone('without an opt-in');
    expect((await run(phone)).out).toContain('was not checked');
    const begun = await stores.messageLog.begin('AC1', AT);
    await stores.messageLog.advance('AC1', begun, AT + 60_000);
    const none = (await run(phone)).out;
    expect(none).toContain('No message that was sent after an opt-out was found.');
    expect(none).toContain('from 2026-02-25T10:00:00.000Z to 2026-02-25T10:01:00.000Z');
    const entry = sentAfterEntry({ phone });
    await stores.sentAfter.add(entry);
    expect((await run(phone)).out).toMatch(new RegExp(`${entry.messageSid} +2026-02-25T10:01:00.000Z`));
    expect((await run(phone, '--html')).out).toContain(entry.messageSid);
    const file = fileOf((await run(phone, '--json')).out);
    expect(JSON.parse((await run('--check', file, '--json')).out)).toMatchObject({ intact: true });
  });

  it('records in the audit trail whose record was handed on', async () => {
    const phone = await provenPhone();
    await run(phone);
    const [entry] = (await stores.audit.list({ limit: 1 })).entries;
    expect(entry).toMatchObject({ action: 'reveal', details: { command: 'proof', phone } });
  });

  it.each([
    ['--json', undefined],
    ['--html', undefined],
    ['--json', KEY],
    ['--html', KEY],
  ])('verifies the file that %s wrote with the key %s', async (form, key) => {
    const phone = await provenPhone();
    const print = (...args: string[]): Promise<Ran> =>
      key === undefined ? run(...args) : runKeyed(key, ...args);
    const { out } = await print(phone, form);
    const checked = await print('--check', fileOf(`${out}\n`));
    expect(checked).toMatchObject({ code: 0, error: '' });
    expect(checked.out).toContain(`${phone} (sms, workspace default): opted in since`);
    expect(checked.out).toContain(key === undefined ? 'has no key' : 'is an HMAC');
    expect(out).toContain(key === undefined ? 'SHA-256' : 'HMAC-SHA-256');
    expect((await print('--check', fileOf(out.replaceAll('\n', '\r\n')))).code).toBe(0);
  });

  it.each(['--json', '--html'])('finds a change of a record in the file of %s', async (form) => {
    const { out } = await run(await provenPhone(), form);
    const changed = out.replaceAll('10:00:10.000Z', '10:00:11.000Z');
    expect(changed).not.toBe(out);
    const { code, error } = await run('--check', fileOf(changed));
    expect(code).toBe(1);
    expect(error).toContain('error (proof_changed)');
  });

  it('finds a page that was changed where it is read, though its records were not', async () => {
    const { out } = await run(await provenPhone(), '--html');
    const changed = out.replace('blocked send', 'STOP');
    expect(changed).not.toBe(out);
    const { code, error } = await run('--check', fileOf(changed));
    expect(code).toBe(1);
    expect(error).toContain('the page was changed');
  });

  it('finds a forged proof where a key seals them', async () => {
    const phone = await provenPhone();
    const forged = await runKeyed('x'.repeat(32), phone, '--json');
    expect(await runKeyed(KEY, '--check', fileOf(forged.out))).toMatchObject({
      code: 1,
      error: expect.stringContaining('PROOF_KEY is another key') as string,
    });
    expect(await run('--check', fileOf(forged.out))).toMatchObject({
      code: 2,
      error: expect.stringContaining('error (proof_key_missing)') as string,
    });
  });

  it('lets nothing that somebody wrote act in a terminal or on a page', async () => {
    const phone = await provenPhone();
    for (const form of ['--html', '--json', undefined]) {
      const { out } = await run(phone, ...(form === undefined ? [] : [form]));
      // eslint-disable-next-line no-control-regex -- that there are none
      expect(out).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202a-\u202e]/);
    }
    const { out } = await run(phone, '--html');
    expect(out).not.toContain('<img');
    expect(out.match(/<\/?script/g)).toHaveLength(2);
    expect(out).toContain('&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;\\u001b[2J\\u202eevil');
  });

  it.each([
    ['a phone that is none', ['555'], 2, 'phone_invalid'],
    ['no phone', [], 2, 'phone_missing'],
    ['a phone beside --check', ['+14155550101', '--check', 'x'], 2, 'options_conflict'],
    ['two forms', ['+14155550101', '--json', '--html'], 2, 'cannot be used'],
    ['a phone that is not in the ledger', ['+14155550999'], 1, 'entry_not_found'],
    ['a file that is not there', ['--check', '/nowhere/x'], 2, 'file_unreadable'],
  ])('refuses %s', async (_, args, exit, said) => {
    const { code, error } = await run(...args);
    expect([code, error]).toEqual([exit, expect.stringContaining(said)]);
  });

  it.each(['', 'hello', '{}', '<html></html>', '[1]'])('does not understand the file %j', async (content) => {
    const { code, error } = await run('--check', fileOf(content));
    expect([code, error]).toEqual([2, expect.stringContaining('proof_not_understood')]);
  });

  it('refuses a key that could be guessed', async () => {
    expect(await runKeyed('short', '+14155550101')).toMatchObject({
      code: 78,
      error: expect.stringContaining('PROOF_KEY: must have at least 32 characters') as string,
    });
  });
});
