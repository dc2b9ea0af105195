import { DEFAULT_BLOCKED_SENDS } from '@optout-sync/shared/domain';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigError } from '@optout-sync/shared/config';
import { readConfig } from './config';

const complete = {
  TWILIO_ACCOUNT_SID: 'AC00000000000000000000000000000001',
  TWILIO_AUTH_TOKEN: 'present, next',
  REDIS_URL: 'redis://127.0.0.1:6379',
};

function errorsOf(env: Record<string, string>): readonly string[] {
  try {
    readConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.errors;
    throw error;
  }
  return [];
}

describe('readConfig', () => {
  it('requires an account, its tokens and Redis, and has defaults for everything else', () => {
    expect(readConfig(complete)).toEqual({
      port: 8080,
      adminPort: 9101,
      host: undefined,
      adminHost: '127.0.0.1',
      drainMs: 5_000,
      publicUrl: undefined,
      trustProxy: false,
      accounts: new Map([[complete.TWILIO_ACCOUNT_SID, { tokens: ['present', 'next'] }]]),
      workspaceOf: expect.any(Function) as unknown,
      studioTokens: [],
      keywords: { match: 'exact', wording: 'off', languages: {}, countries: {} },
      webhookTokens: [],
      blockedSends: DEFAULT_BLOCKED_SENDS,
      forwardUrls: [],
      redis: {
        mode: 'standalone',
        prefix: 'optout',
        requireDurable: false,
        url: complete.REDIS_URL,
      },
      spool: { dir: './data/spool', maxBytes: 1_073_741_824 },
      logLevel: 'info',
    });
  });

  it('listens where it is told to, and rejects what is no address', () => {
    const { host, adminHost } = readConfig({ ...complete, INGEST_HOST: '::1', ADMIN_HOST: '0.0.0.0' });
    expect([host, adminHost]).toEqual(['::1', '0.0.0.0']);
    expect(errorsOf({ ...complete, INGEST_HOST: '127.0.0.1:8080', ADMIN_HOST: 'http://x' })).toEqual([
      'INGEST_HOST: must be an address such as 127.0.0.1 or ::, or a host name, without a port',
      'ADMIN_HOST: must be an address such as 127.0.0.1 or ::, or a host name, without a port',
    ]);
  });

  it('reports the errors of all parts together and no value', () => {
    const errors = errorsOf({
      TWILIO_ACCOUNT_SID: 'SK-mistaken',
      INGEST_PORT: '70000',
      REDIS_MODE: 'cluster',
    });
    expect(errors).toEqual([
      'INGEST_PORT: must be a whole number from 0 to 65535',
      'TWILIO_ACCOUNT_SID: must be AC and 32 hexadecimal digits',
      'TWILIO_AUTH_TOKEN is required',
      'REDIS_NODES is required with REDIS_MODE=cluster',
    ]);
    expect(errors.join()).not.toContain('mistaken');
  });

  it.each([
    ['https://example.com/', 'https://example.com'],
    ['https://example.com/prefix/', 'https://example.com/prefix'],
    ['https://user:word@Example.com:8443', 'https://user:word@Example.com:8443'],
  ])('accepts %s as PUBLIC_URL', (given, expected) => {
    expect(readConfig({ ...complete, PUBLIC_URL: given }).publicUrl).toBe(expected);
  });

  it.each([
    'example.com',
    'https://example.com/#rc=5',
    'https://example.com/?a=b',
    'https://example.com/webhooks/twilio/messages',
  ])('rejects %s as PUBLIC_URL', (given) => {
    expect(errorsOf({ ...complete, PUBLIC_URL: given })).toEqual([
      expect.stringMatching(/^PUBLIC_URL: must/),
    ]);
  });

  it.each([
    ['2', 2],
    ['0', false],
    ['false', false],
    ['loopback', ['loopback']],
    ['10.0.0.0/8, ::1,uniquelocal', ['10.0.0.0/8', '::1', 'uniquelocal']],
  ])('accepts %s as TRUST_PROXY', (given, expected) => {
    expect(readConfig({ ...complete, TRUST_PROXY: given }).trustProxy).toEqual(expected);
  });

  it.each(['true', '-1', '10.0.0.0/99', 'proxy.internal'])('rejects %s as TRUST_PROXY', (given) => {
    expect(errorsOf({ ...complete, TRUST_PROXY: given })).toEqual([
      expect.stringMatching(/^TRUST_PROXY: must be/),
    ]);
  });

  it('accepts several bearer tokens for the studio route and rejects one that is too short', () => {
    const tokens = ['a-token-of-sixteen', 'the-next-token-of-it'];
    expect(readConfig({ ...complete, STUDIO_TOKEN: tokens.join(', ') }).studioTokens).toEqual(tokens);
    expect(errorsOf({ ...complete, STUDIO_TOKEN: `${tokens[0]!},short` })).toEqual([
      'STUDIO_TOKEN: must have at least 16 characters',
    ]);
  });

  it('accepts a folder and a size for the spool and rejects one that is too small for a batch', () => {
    const env = { ...complete, SPOOL_DIR: '/var/spool/optout' };
    expect(readConfig({ ...env, SPOOL_MAX_BYTES: '10000000' }).spool).toEqual({
      dir: '/var/spool/optout',
      maxBytes: 10_000_000,
    });
    expect(errorsOf({ ...env, SPOOL_MAX_BYTES: '1000' })).toEqual([
      expect.stringMatching(/^SPOOL_MAX_BYTES: must be a whole number from 8388608/),
    ]);
  });

  it('accepts several URLs to forward to', () => {
    const urls = ['https://track.customer.io/inbound/sms', 'http://user:word@10.0.0.7:9000/in?x=1'];
    expect(readConfig({ ...complete, FORWARD_URLS: urls.join(',') }).forwardUrls).toEqual(urls);
  });

  it.each(['elsewhere', 'ftp://example.com/', 'https://example.com/#rc=3'])(
    'rejects %s as a URL to forward to',
    (url) => {
      expect(errorsOf({ ...complete, FORWARD_URLS: url })).toEqual([
        expect.stringMatching(/^FORWARD_URLS: must/),
      ]);
    },
  );

  it('rejects forwarding to itself', () => {
    const env = {
      ...complete,
      PUBLIC_URL: 'https://Optout.example.com/prefix',
      FORWARD_URLS: 'https://example.com/,https://optout.example.com:443/other',
    };
    expect(errorsOf(env)).toEqual(['FORWARD_URLS: may not have the origin of PUBLIC_URL']);
  });

  it('reads accounts, keywords and URLs to forward to from the file that OPTOUT_CONFIG names', () => {
    const dir = mkdtempSync(join(tmpdir(), 'ingest-config-'));
    const file = join(dir, 'optout.yaml');
    writeFileSync(
      file,
      [
        'twilio:',
        '  accounts:',
        `    - { sid: ${complete.TWILIO_ACCOUNT_SID}, auth_tokens: ["\${TOKEN_1}"] }`,
        '    - { sid: AC00000000000000000000000000000002, auth_tokens: [second] }',
        'keywords: { match: contains }',
        'forward_urls: ["https://example.com/in"]',
      ].join('\n'),
    );
    try {
      const config = readConfig({ OPTOUT_CONFIG: file, TOKEN_1: 'first', REDIS_URL: complete.REDIS_URL });
      expect([...config.accounts]).toEqual([
        [complete.TWILIO_ACCOUNT_SID, { tokens: ['first'] }],
        ['AC00000000000000000000000000000002', { tokens: ['second'] }],
      ]);
      expect(config.keywords.match).toBe('contains');
      expect(config.forwardUrls).toEqual(['https://example.com/in']);
    } finally {
      rmSync(dir, { recursive: true });
    }
  });
});
