import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readRoutes, senderNamesOf } from './optout-config';
import { readSentCheck } from './sent-check-config';

const [ACCOUNT, SUBACCOUNT] = [`AC${'1'.repeat(32)}`, `AC${'2'.repeat(32)}`];
const [KEY, TOKEN] = [`SK${'1'.repeat(32)}`, 'a'.repeat(32)];
const OF_ENV = { TWILIO_ACCOUNT_SID: ACCOUNT, TWILIO_API_KEY: KEY, TWILIO_API_SECRET: 'secret' };

const dir = mkdtempSync(join(tmpdir(), 'sent-check-'));
afterAll(() => {
  rmSync(dir, { recursive: true });
});
let files = 0;
/** A file with an account that has these settings too, and another one whose token is in no variable. */
function fileOf(...settings: string[]): Record<string, string> {
  const path = join(dir, `${String(files++)}.yaml`);
  const account = [`sid: ${ACCOUNT}`, "auth_tokens: ['${TOKEN}']", ...settings].join(', ');
  const other = `sid: ${SUBACCOUNT}, auth_tokens: ['\${NO_SUCH_VARIABLE}']`;
  writeFileSync(path, `twilio: { accounts: [{ ${account} }, { ${other} }] }`);
  return { OPTOUT_CONFIG: path };
}

describe('readSentCheck', () => {
  it('is off unless a period is set', () => {
    expect(readSentCheck({})).toBeUndefined();
    expect(readSentCheck({ ...OF_ENV, SENT_CHECK_PERIOD: 'off' })).toBeUndefined();
    const withKeys = fileOf(`api_key: ${KEY}`, "api_secret: '${NO_SUCH_VARIABLE}'");
    expect(readSentCheck({ ...withKeys, SENT_CHECK_PERIOD: 'off' })).toBeUndefined();
  });

  it('reads the period, and the account that the environment describes, by its API key', () => {
    expect(readSentCheck({ ...OF_ENV, TWILIO_AUTH_TOKEN: TOKEN, SENT_CHECK_PERIOD: '5m' })).toMatchObject({
      periodMs: 300_000,
      apiUrl: 'https://api.twilio.com',
      accounts: [{ sid: ACCOUNT, authTokens: [], apiKey: { sid: KEY, secret: 'secret' } }],
    });
  });

  it('reads the accounts of the file that have an API key, and none of the tokens', () => {
    const env = fileOf(`api_key: ${KEY}`, "api_secret: '${SECRET}'");
    expect(readSentCheck({ ...env, SECRET: 'secret', SENT_CHECK_PERIOD: '1h' })?.accounts).toEqual([
      { sid: ACCOUNT, authTokens: [], apiKey: { sid: KEY, secret: 'secret' } },
    ]);
  });

  it.each([
    ['another period', { ...OF_ENV, SENT_CHECK_PERIOD: 'hourly' }, 'must be off or a duration'],
    ['no API key', { SENT_CHECK_PERIOD: '5m', TWILIO_ACCOUNT_SID: ACCOUNT }, 'needs an API key'],
    ['no API key in the file', { ...fileOf(), SENT_CHECK_PERIOD: '5m' }, 'needs an API key'],
  ])('rejects %s', (_, env, message) => {
    expect(() => readSentCheck(env)).toThrow(message);
  });
});

describe('the names of senders', () => {
  it('are those of the file, and never a phone number', () => {
    const names = senderNamesOf(readRoutes(fileOf("sender_names: { '+15005550006': alerts }")));
    expect(names('+15005550006')).toBe('alerts');
    expect(names('+15005550007')).toBeUndefined();
    const phone = fileOf("sender_names: { '+15005550006': '15005550006' }");
    expect(() => readRoutes(phone)).toThrow('must be a letter');
  });
});
