import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConsents, type ConsentsConfig } from './consents-config';
import { readRoutes, readTwilioAccounts, readTwilioApiAccounts } from './optout-config';
import { ConfigError, type Env } from './parse-env';

const [ONE, TWO] = [`AC${'1'.repeat(32)}`, `AC${'2'.repeat(32)}`];
const KEY = `SK${'1'.repeat(32)}`;
const SERVICE = `MG${'1'.repeat(32)}`;
const ENV = { TWILIO_ACCOUNT_SID: ONE, TWILIO_API_KEY: KEY, TWILIO_API_SECRET: 's3cret' };

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'consents-config-'));
});
afterAll(() => {
  rmSync(dir, { recursive: true });
});

/** A file with these settings of each account, which all share the workspace `default`. */
function file(...accounts: readonly string[]): Env {
  const path = join(dir, `${String(Math.random())}.yaml`);
  const items = accounts.map(
    (settings, n) => `    - { sid: ${n === 0 ? ONE : TWO}, auth_tokens: '\${TOKEN}', ${settings} }`,
  );
  writeFileSync(path, ['twilio:', '  accounts:', ...items].join('\n'));
  return { OPTOUT_CONFIG: path, SECRET: 's3cret' };
}
const ON = `consents: true, api_key: ${KEY}, api_secret: '\${SECRET}'`;
const read = (env: Env): ConsentsConfig | undefined => readConsents(env, readRoutes(env));

function errorsOf(env: Env): readonly string[] {
  try {
    read(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.errors;
    throw error;
  }
  return [];
}

describe('consents', () => {
  it('are off by default, whatever else is configured', () => {
    expect(read({ ...ENV, CONSENT_SCOPE: 'account' })).toBeUndefined();
    expect(read(file(`api_key: ${KEY}, api_secret: '\${NOT_SET}'`))).toBeUndefined();
  });

  it('of the one account need its API key, and no auth token', () => {
    expect(read({ ...ENV, TWILIO_CONSENTS: 'true' })).toEqual({
      scope: 'sender',
      apiUrl: 'https://api.twilio.com',
      accounts: [{ sid: ONE, workspace: 'default', apiKey: { sid: KEY, secret: 's3cret' } }],
      routes: [{ sid: ONE, workspace: 'default' }],
    });
    expect(errorsOf({ TWILIO_CONSENTS: 'true', TWILIO_ACCOUNT_SID: ONE })).toEqual([
      'TWILIO_API_KEY is required',
      'TWILIO_API_SECRET is required',
    ]);
  });

  it('of a file are switched on account by account, without the auth tokens', () => {
    const env = { ...file(ON, "numbers: ['+15005550007']"), CONSENT_SCOPE: 'service' };
    expect(errorsOf(env)).toEqual([
      `consents: several accounts share the workspace default: list the senders of ${ONE} in OPTOUT_CONFIG, under services and numbers of its account`,
    ]);
    const both = file(`${ON}, services: { ${SERVICE}: ['+15005550006'] }`, "numbers: ['+15005550007']");
    expect(read(both)).toMatchObject({
      accounts: [{ sid: ONE, services: { [SERVICE]: ['+15005550006'] }, apiKey: { secret: 's3cret' } }],
      routes: [{ sid: ONE }, { sid: TWO, numbers: ['+15005550007'] }],
    });
  });

  it('of a file name what is missing', () => {
    expect(errorsOf(file('consents: true'))).toEqual([
      'twilio.accounts[0].api_key: is required with consents: true',
      'twilio.accounts[0].api_secret: is required with consents: true',
    ]);
    expect(errorsOf({ ...file(ON), CONSENT_SCOPE: 'everyone' })[0]).toContain('CONSENT_SCOPE');
  });

  it('for every sender of an account need its senders', () => {
    const needed = [
      `CONSENT_SCOPE: account needs the senders: list the senders of ${ONE} in OPTOUT_CONFIG, under services and numbers of its account`,
    ];
    expect(errorsOf({ ...ENV, TWILIO_CONSENTS: 'true', CONSENT_SCOPE: 'account' })).toEqual(needed);
    expect(errorsOf({ ...file(ON), CONSENT_SCOPE: 'account' })).toEqual(needed);
    expect(read({ ...file(`${ON}, numbers: ['+15005550007']`), CONSENT_SCOPE: 'account' })).toMatchObject({
      scope: 'account',
    });
  });

  it('leave a file readable for ingest and for commands', () => {
    const env = { ...file(`${ON}, numbers: ['+15005550007']`), TOKEN: 'a'.repeat(32) };
    expect(readTwilioAccounts(env)).toEqual([
      { sid: ONE, authTokens: ['a'.repeat(32)], workspace: 'default' },
    ]);
    expect(readTwilioApiAccounts(env)).toMatchObject([{ sid: ONE, apiKey: { sid: KEY } }]);
  });
});
