import { ConfigError } from '@optout-sync/shared';
import { readConfig } from './config';

const complete = {
  TWILIO_ACCOUNT_SID: 'AC00000000000000000000000000000001',
  TWILIO_AUTH_TOKEN: 'present, next',
  REDIS_URL: 'redis://127.0.0.1:6379',
};

function mistakesOf(env: Record<string, string>): readonly string[] {
  try {
    readConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.mistakes;
    throw error;
  }
  return [];
}

describe('readConfig', () => {
  it('needs an account, its tokens and Redis, and has defaults for the rest', () => {
    expect(readConfig(complete)).toEqual({
      port: 8080,
      adminPort: 9101,
      publicUrl: undefined,
      trustProxy: false,
      accounts: new Map([[complete.TWILIO_ACCOUNT_SID, { tokens: ['present', 'next'] }]]),
      redis: { mode: 'standalone', prefix: 'optout', url: complete.REDIS_URL },
      logLevel: 'info',
    });
  });

  it('names the mistakes of all its parts at once, and no value', () => {
    const mistakes = mistakesOf({
      TWILIO_ACCOUNT_SID: 'SK-mistaken',
      INGEST_PORT: '70000',
      REDIS_MODE: 'cluster',
    });
    expect(mistakes).toEqual([
      'INGEST_PORT: must be a whole number from 0 to 65535',
      'TWILIO_ACCOUNT_SID: must be AC and 32 hexadecimal digits',
      'TWILIO_AUTH_TOKEN is required',
      'REDIS_NODES is required with REDIS_MODE=cluster',
    ]);
    expect(mistakes.join()).not.toContain('mistaken');
  });

  it.each([
    ['https://example.com/', 'https://example.com'],
    ['https://example.com/prefix/', 'https://example.com/prefix'],
    ['https://user:word@Example.com:8443', 'https://user:word@Example.com:8443'],
  ])('takes %s as PUBLIC_URL', (given, kept) => {
    expect(readConfig({ ...complete, PUBLIC_URL: given }).publicUrl).toBe(kept);
  });

  it.each([
    'example.com',
    'https://example.com/#rc=5',
    'https://example.com/?a=b',
    'https://example.com/webhooks/twilio/messages',
  ])('refuses %s as PUBLIC_URL', (given) => {
    expect(mistakesOf({ ...complete, PUBLIC_URL: given })).toEqual([
      expect.stringMatching(/^PUBLIC_URL: must/),
    ]);
  });

  it.each([
    ['2', 2],
    ['0', false],
    ['false', false],
    ['loopback', ['loopback']],
    ['10.0.0.0/8, ::1,uniquelocal', ['10.0.0.0/8', '::1', 'uniquelocal']],
  ])('takes %s as TRUST_PROXY', (given, kept) => {
    expect(readConfig({ ...complete, TRUST_PROXY: given }).trustProxy).toEqual(kept);
  });

  it.each(['true', '-1', '10.0.0.0/99', 'proxy.internal'])('refuses %s as TRUST_PROXY', (given) => {
    expect(mistakesOf({ ...complete, TRUST_PROXY: given })).toEqual([
      expect.stringMatching(/^TRUST_PROXY: must be/),
    ]);
  });
});
