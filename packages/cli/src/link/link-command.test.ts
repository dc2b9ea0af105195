import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LinkKey, openLink } from '@optout-sync/shared/links';
import { runWith } from '../test-support/cli';

const SECRET = randomBytes(32).toString('base64');
const ACCOUNT = `AC${'1'.repeat(32)}`;
const SERVICE = `MG${'1'.repeat(32)}`;
const ENV = {
  LINK_KEY: SECRET,
  PUBLIC_URL: 'https://user:word@optout.example.com/sms',
  TWILIO_ACCOUNT_SID: ACCOUNT,
};
const BASE = 'https://optout.example.com/sms/u/';
const KEYS = [LinkKey.parse(SECRET)];

const dir = mkdtempSync(join(tmpdir(), 'link-command-'));
afterAll(() => {
  rmSync(dir, { recursive: true });
});
const link = (...args: string[]) => runWith(ENV, 'link', ...args);

describe('optout-sync link', () => {
  it('prints the link alone, which the key opens', async () => {
    const before = Date.now();
    const { code, out } = await link('+14155550123', '--sender', SERVICE);
    expect(code).toBe(0);
    expect(out.startsWith(BASE)).toBe(true);
    const opened = openLink(out.slice(BASE.length), KEYS);
    expect(opened).toEqual({
      accountSid: ACCOUNT,
      channel: 'sms',
      phone: '+14155550123',
      sender: SERVICE,
      brand: '',
      issuedAt: expect.any(Number) as number,
    });
    expect(opened?.issuedAt).toBeGreaterThan(before - 1_000);
  });

  it('prints JSON with the phone masked, and takes channel, brand and a limit in time', async () => {
    const args = [
      'whatsapp:+14155550123',
      '--sender',
      '+15005550006',
      '--brand',
      'Acme',
      '--expires',
      '90d',
      '--json',
    ];
    const { out } = await link(...args);
    const printed = JSON.parse(out) as { url: string; issuedAt: string; expiresAt: string };
    expect(printed).toMatchObject({
      ...{ phone: '+1415*****23', channel: 'whatsapp', sender: 'whatsapp:+15005550006', brand: 'Acme' },
      workspace: 'default',
    });
    expect(Date.parse(printed.expiresAt) - Date.parse(printed.issuedAt)).toBe(90 * 86_400_000);
    expect(openLink(printed.url.slice(BASE.length), KEYS)).toMatchObject({
      channel: 'whatsapp',
      brand: 'Acme',
    });
  });

  it('takes the only Messaging Service of the account where no sender is given', async () => {
    const OPTOUT_CONFIG = join(dir, 'optout.yaml');
    writeFileSync(
      OPTOUT_CONFIG,
      `twilio: { accounts: [{ sid: ${ACCOUNT}, auth_tokens: "\${NOT_SET}", services: { ${SERVICE}: ['+15005550006'] } }] }`,
    );
    const { out } = await runWith({ ...ENV, OPTOUT_CONFIG }, 'link', '+14155550123');
    expect(openLink(out.slice(BASE.length), KEYS)?.sender).toBe(SERVICE);
  });

  it.each([
    ['LINK_KEY is not set', { ...ENV, LINK_KEY: '' }, ['--sender', SERVICE]],
    ['LINK_KEY: must be at least 32 random bytes', { ...ENV, LINK_KEY: 'short' }, ['--sender', SERVICE]],
    ['PUBLIC_URL is not set', { ...ENV, PUBLIC_URL: '' }, ['--sender', SERVICE]],
    ['give --sender', ENV, []],
    ['the sender is the phone itself', ENV, ['--sender', '+14155550123']],
    ['at most 60 characters', ENV, ['--sender', SERVICE, '--brand', 'x'.repeat(61)]],
  ])('says what is wrong: %s', async (message, env, args) => {
    const { code, error } = await runWith(env, 'link', '+14155550123', ...args);
    expect(code).toBeGreaterThan(0);
    expect(error).toContain(message);
    expect(error).not.toContain('4155550123');
  });
});

describe('optout-sync link --csv', () => {
  let files = 0;
  const file = (...lines: readonly string[]): string => {
    const path = join(dir, `${String(files++)}.csv`);
    writeFileSync(path, lines.join('\n'));
    return path;
  };
  const linkAll = (path: string, ...args: string[]) => link('--csv', path, '--sender', SERVICE, ...args);
  const openAll = (out: string) =>
    out
      .split('\n')
      .slice(1)
      .map((line) => openLink(line.slice(line.indexOf(BASE) + BASE.length), KEYS));

  it('prints the file with a link in each row, of its phone, sender and channel', async () => {
    const path = file(
      'E-Mail,Phone,Sender,channel,Name',
      'a@example.com,+1 (415) 555-0123,,,"Ann, Lee"',
      'b@example.com,+14155550124,+15005550006,,',
      'c@example.com,+14155550125,+15005550006,whatsapp,',
      'd@example.com,whatsapp:+14155550126,+15005550006,,',
    );
    const { code, out, error } = await linkAll(path, '--brand', 'Acme');
    expect([code, error]).toEqual([0, '']);
    const lines = out.split('\n');
    expect(lines[0]).toBe('E-Mail,Phone,Sender,channel,Name,link');
    expect(lines[1]).toMatch(/^a@example\.com,\+1 \(415\) 555-0123,,,"Ann, Lee",https:/);
    expect(openAll(out)).toMatchObject([
      { phone: '+14155550123', channel: 'sms', sender: SERVICE, brand: 'Acme' },
      { phone: '+14155550124', channel: 'sms', sender: '+15005550006' },
      { phone: '+14155550125', channel: 'whatsapp', sender: 'whatsapp:+15005550006' },
      { phone: '+14155550126', channel: 'whatsapp', sender: 'whatsapp:+15005550006' },
    ]);
  });

  it('leaves out rows that get no link, names them without their phone, and ends with 3', async () => {
    const path = file(
      'phone;sender',
      '+14155550123;',
      '4155550124;',
      '+14155550125;MG1',
      '+14155550126;a;b',
      '',
    );
    const { code, out, error } = await linkAll(path);
    expect(code).toBe(3);
    expect(openAll(out)).toMatchObject([{ phone: '+14155550123' }]);
    expect(error).toMatch(
      /^line 3 is left out \(phone_invalid\): .*\nline 4 is left out \(sender_invalid\): .*\nline 5 is left out \(row_malformed\)/,
    );
    expect(error).toContain('Rows with a link: 1. Left out: 3.');
    expect(error).not.toContain('4155550124');
  });

  it('reads national numbers of a country that is named', async () => {
    const { code, out } = await linkAll(file('phone', '(415) 555-0124'), '--country', 'US');
    expect([code, openAll(out)]).toMatchObject([0, [{ phone: '+14155550124' }]]);
  });

  it('takes a file of many rows, in memory that does not grow with it', async () => {
    const rows = Array.from({ length: 2_500 }, (_, n) => `+1415${String(5_550_000 + n)}`);
    const { code, out } = await linkAll(file('phone', ...rows));
    expect(code).toBe(0);
    expect(openAll(out).map((opened) => opened?.phone)).toEqual(rows);
  });

  it.each([
    ['no row', ['phone'], [], 'csv_invalid'],
    ['no phone', ['mobile', '+14155550123'], [], 'csv_invalid'],
    ['a link already', ['phone,Link', '+14155550123,x'], [], 'csv_invalid'],
    ['a mistake in every row', ['phone', '4155550123', '4155550124'], [], 'line 2'],
    ['a brand that is too long', ['phone', '+14155550123'], ['--brand', 'x'.repeat(61)], 'brand_invalid'],
    ['--json', ['phone', '+14155550123'], ['--json'], 'options_conflict'],
    ['a phone besides', ['phone', '+14155550123'], ['+14155550124'], 'options_conflict'],
  ])('refuses a file with %s', async (_, lines, args, said) => {
    const { code, out, error } = await linkAll(file(...lines), ...args);
    expect([code, out, error]).toEqual([2, '', expect.stringContaining(said)]);
    expect(error).not.toMatch(/415555012[34]/);
  });

  it('says that a sender is missing, and that there is no file', async () => {
    const path = file('phone', '+14155550123');
    expect(await link('--csv', path)).toMatchObject({
      code: 2,
      error: expect.stringContaining('sender_missing') as string,
    });
    expect(await linkAll(join(dir, 'nowhere.csv'))).toMatchObject({
      code: 2,
      error: expect.stringContaining('file_unreadable') as string,
    });
    expect((await link()).code).toBe(2);
  });
});
