import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEFAULT_BLOCKED_SENDS } from '../domain/blocked-send';
import { readIngestConfig } from './ingest-config';
import { ConfigError } from './parse-env';

const [PRESENT, NEXT] = ['0123456789abcdef0123456789abcdef', 'f'.repeat(32)];
const complete = {
  TWILIO_ACCOUNT_SID: 'AC00000000000000000000000000000001',
  TWILIO_AUTH_TOKEN: `${PRESENT}, ${NEXT}`,
  REDIS_URL: 'redis://127.0.0.1:6379',
};

function errorsOf(env: Record<string, string>): readonly string[] {
  try {
    readIngestConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.errors;
    throw error;
  }
  return [];
}

describe('readIngestConfig', () => {
  it('requires an account, its tokens and Redis, and has defaults for everything else', () => {
    expect(readIngestConfig(complete)).toEqual({
      port: 8080,
      adminPort: 9101,
      host: undefined,
      adminHost: '127.0.0.1',
      drainMs: 5_000,
      publicUrl: undefined,
      trustProxy: false,
      accounts: new Map([[complete.TWILIO_ACCOUNT_SID, { tokens: [PRESENT, NEXT] }]]),
      workspaceOf: expect.any(Function) as unknown,
      studioTokens: [],
      keywords: { match: 'exact', wording: 'off', languages: {}, countries: {} },
      webhookTokens: [],
      intake: [],
      linkKeys: [],
      workspaces: ['default'],
      blockedSends: DEFAULT_BLOCKED_SENDS,
      forwardUrls: [],
      forwardSignature: false,
      redis: {
        mode: 'standalone',
        prefix: 'optout',
        requireDurable: false,
        url: complete.REDIS_URL,
      },
      spool: { dir: './data/spool', maxBytes: 1_073_741_824 },
      logLevel: 'info',
      traces: false,
      logFormat: 'json',
      warnings: [],
    });
  });

  it('listens where it is told to, and rejects what is no address', () => {
    const { host, adminHost } = readIngestConfig({ ...complete, INGEST_HOST: '::1', ADMIN_HOST: '0.0.0.0' });
    expect([host, adminHost]).toEqual(['::1', '0.0.0.0']);
    expect(errorsOf({ ...complete, INGEST_HOST: '127.0.0.1:8080', ADMIN_HOST: 'http://x' })).toEqual([
      'INGEST_HOST: must be an address such as 127.0.0.1 or ::, or a host name, without a port',
      'ADMIN_HOST: must be an address such as 127.0.0.1 or ::, or a host name, without a port',
    ]);
  });

  it('rejects the public port as the private one, and names it with the other errors', () => {
    const same = 'INGEST_ADMIN_PORT: must differ from INGEST_PORT';
    expect(errorsOf({ ...complete, INGEST_PORT: '9101' })).toEqual([same]);
    expect(errorsOf({ ...complete, INGEST_PORT: '81', INGEST_ADMIN_PORT: '81', PUBLIC_URL: 'x' })).toEqual([
      same,
      expect.stringMatching(/^PUBLIC_URL/),
    ]);
    expect(errorsOf({ ...complete, INGEST_PORT: '0', INGEST_ADMIN_PORT: '0' })).toEqual([]);
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
    ['http://example.com/webhooks/twilio-staging', 'http://example.com/webhooks/twilio-staging'],
    [' https://example.com\n', 'https://example.com'],
    ['https://[2001:db8::1]:8443', 'https://[2001:db8::1]:8443'],
    ['https://bücher.example', 'https://bücher.example'],
  ])('accepts %s as PUBLIC_URL', (given, expected) => {
    expect(readIngestConfig({ ...complete, PUBLIC_URL: given }).publicUrl).toBe(expected);
  });

  it.each([
    'example.com',
    'https://example.com/#rc=5',
    'https://example.com/?a=b',
    'example.com:8443',
    'https:example.com',
    '//example.com',
    'ftp://example.com',
    'https://exam ple.com',
    'https://example.com\\prefix',
    'https://example.com/webhooks/twilio/messages',
    'https://example.com/WebHooks/Twilio/Messages/',
    'https://example.com/prefix/webhooks/twilio',
    'https://example.com/webhooks/customerio/people',
    'https://example.com/webhooks/optouts',
    'https://example.com//webhooks//twilio///messages',
    'https://example.com/webhooks/%74wilio/messages',
    'https://example.com/%77ebhooks%2Ftwilio',
    'https://example.com/webhooks/%2574wilio/messages',
    'https://example.com/webhooks/./twilio/messages',
    'https://example.com/webhooks/x/../twilio',
    'https://one.example.com,https://two.example.com',
    'https://*.example.com',
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
    expect(readIngestConfig({ ...complete, TRUST_PROXY: given }).trustProxy).toEqual(expected);
  });

  it.each(['true', '-1', '10.0.0.0/99', 'proxy.internal'])('rejects %s as TRUST_PROXY', (given) => {
    expect(errorsOf({ ...complete, TRUST_PROXY: given })).toEqual([
      expect.stringMatching(/^TRUST_PROXY: must be/),
    ]);
  });

  it.each([
    '0.0.0.0/0',
    '::/0',
    '0.0.0.0/1,128.0.0.0/1',
    '10.0.0.0/7',
    '2000::/3',
    '::ffff:0.0.0.0/96',
    '::ffff:0:0/96',
    '0:0:0:0:0:ffff:a00:0/103',
    '0.0.0.0',
    '::',
  ])('rejects %s as TRUST_PROXY, since it is too wide', (given) => {
    const { [0]: first } = errorsOf({ ...complete, TRUST_PROXY: `loopback,${given}` });
    expect(first).toMatch(/^TRUST_PROXY \(item 2\): is too wide/);
  });

  it.each([
    '10.0.0.0/8',
    '2400:cb00::/32',
    'fc00::/7',
    'fe80::/10',
    '::ffff:10.0.0.0/104',
    '::1',
    '104.16.0.0/13',
  ])('accepts the network %s as TRUST_PROXY', (given) => {
    expect(readIngestConfig({ ...complete, TRUST_PROXY: given }).trustProxy).toEqual([given]);
  });

  it('names every auth token that is not 32 hexadecimal digits, and no token', () => {
    const wrong = `${PRESENT},placeholder,${'g'.repeat(32)},${'a'.repeat(33)}`;
    expect(errorsOf({ ...complete, TWILIO_AUTH_TOKEN: wrong })).toEqual(
      [2, 3, 4].map((n) => `TWILIO_AUTH_TOKEN (item ${String(n)}): must be 32 hexadecimal digits`),
    );
    expect(errorsOf({ ...complete, TWILIO_AUTH_TOKEN: 'short' })).toEqual([
      'TWILIO_AUTH_TOKEN: must be 32 hexadecimal digits',
    ]);
  });

  it('accepts several bearer tokens for the studio route and rejects one that is too short', () => {
    const tokens = ['a-token-of-sixteen', 'the-next-token-of-it'];
    expect(readIngestConfig({ ...complete, STUDIO_TOKEN: tokens.join(', ') }).studioTokens).toEqual(tokens);
    expect(errorsOf({ ...complete, STUDIO_TOKEN: `${tokens[0]!},short` })).toEqual([
      'STUDIO_TOKEN (item 2): must have at least 16 characters',
    ]);
  });

  it('accepts a folder and a size for the spool and rejects one that is too small for a batch', () => {
    const env = { ...complete, SPOOL_DIR: '/var/spool/optout' };
    expect(readIngestConfig({ ...env, SPOOL_MAX_BYTES: '10000000' }).spool).toEqual({
      dir: '/var/spool/optout',
      maxBytes: 10_000_000,
    });
    expect(errorsOf({ ...env, SPOOL_MAX_BYTES: '1000' })).toEqual([
      expect.stringMatching(/^SPOOL_MAX_BYTES: must be a whole number from 8388608/),
    ]);
  });

  it('accepts several URLs to forward to', () => {
    const urls = ['https://track.customer.io/inbound/sms', 'http://user:word@10.0.0.7:9000/in?x=1'];
    const env = { ...complete, FORWARD_URLS: urls.join(','), INSECURE_HTTP_HOSTS: '10.0.0.7' };
    expect(readIngestConfig(env).forwardUrls).toEqual(urls);
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
        `    - { sid: AC00000000000000000000000000000002, auth_tokens: [${NEXT}] }`,
        'keywords: { match: contains }',
        'forward_urls: ["https://example.com/in"]',
      ].join('\n'),
    );
    try {
      const config = readIngestConfig({
        OPTOUT_CONFIG: file,
        TOKEN_1: PRESENT,
        REDIS_URL: complete.REDIS_URL,
      });
      expect([...config.accounts]).toEqual([
        [complete.TWILIO_ACCOUNT_SID, { tokens: [PRESENT] }],
        ['AC00000000000000000000000000000002', { tokens: [NEXT] }],
      ]);
      expect(config.keywords.match).toBe('contains');
      expect(config.forwardUrls).toEqual(['https://example.com/in']);
    } finally {
      rmSync(dir, { recursive: true });
    }
  });
});
