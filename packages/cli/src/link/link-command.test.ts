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
