import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { parse } from 'yaml';
import type { Env } from '@optout-sync/shared/config';
import { runWith, type Ran } from '../test-support/cli';

const dir = mkdtempSync(join(tmpdir(), 'config-check-'));
afterAll(() => {
  rmSync(dir, { recursive: true });
});

const check = (env: Env, ...args: string[]): Promise<Ran> => runWith(env, 'config', 'check', ...args);
const [PRESENT, NEXT] = ['5ec2e7'.padEnd(32, '0'), '5ec2e7'.padEnd(32, '1')];
const SECRETS = {
  TWILIO_AUTH_TOKEN: `${PRESENT},${NEXT}`,
  CUSTOMERIO_SITE_ID: 's3cret-site',
  CUSTOMERIO_TRACK_API_KEY: 's3cret-track',
  CUSTOMERIO_APP_API_KEY: 's3cret-app-key',
};
const ONE_ACCOUNT: Env = {
  REDIS_URL: 'redis://user:s3cret%21@redis.example:6379/1',
  TWILIO_ACCOUNT_SID: `AC${'1'.repeat(32)}`,
  CUSTOMERIO_APP_URL: 'https://s3cret:s3cret@app.example/api',
  CUSTOMERIO_CAMPAIGN_WEBHOOK_URL: 'https://hooks.example/s3cret?key=s3cret',
  FORWARD_URLS: 'https://inbound.example/s3cret',
  ...SECRETS,
};

/** The configuration is checked also where Redis cannot be reached. */
const NO_REDIS = expect.stringContaining('the stored names were not checked') as string;

describe('config check', () => {
  it('warns of a variable of an earlier version that nothing reads any more', async () => {
    const { code, out } = await check({ ...ONE_ACCOUNT, QUEUE_SHARDS: '6' });
    expect(code).toBe(0);
    expect(out).toContain('warning: QUEUE_SHARDS has no effect any more');
    const json = JSON.parse((await check({ ...ONE_ACCOUNT, QUEUE_SHARDS: '6' }, '--json')).out) as unknown;
    expect(json).toMatchObject({ warnings: [expect.stringContaining('QUEUE_SHARDS')] });
  });

  it('prints the configuration of the environment without secrets', async () => {
    const { code, out, error } = await check(ONE_ACCOUNT);
    expect({ code, error }).toEqual({ code: 0, error: NO_REDIS });
    expect(out).toContain('No errors found.');
    expect(out).not.toMatch(/s3cret|5ec2e7/);
    expect(parse(out.replace(/\nNo errors found\.$/, ''))).toMatchObject({
      redis: { mode: 'standalone', url: 'redis://redis.example:6379/1', password: 'set' },
      log_level: 'info',
      log_format: 'json',
      twilio: { accounts: [{ sid: `AC${'1'.repeat(32)}`, auth_tokens: 2, workspace: 'default' }] },
      customerio: {
        workspaces: [
          {
            name: 'default',
            site_id: 'set (11 characters)',
            track_api_key: 'set (12 characters)',
            app_api_key: 'set (14 characters)',
            region: 'us',
            app_url: 'https://app.example/api',
            track_url: 'https://track.customer.io',
            campaign_webhook_url: 'hooks.example',
            consent_policy: 'any',
          },
        ],
      },
      reconcile: { period: '86400s', mode: 'enforce, report in the first hour of a workspace' },
      sent_check: { period: 'off' },
      keywords: { match: 'exact', wording: 'off' },
      forward_urls: ['inbound.example'],
    });
  });

  it('reports the errors that each service would refuse to start with', async () => {
    const { code, error } = await check({
      ...ONE_ACCOUNT,
      CUSTOMERIO_APP_URL: 'http://app.example',
      CUSTOMERIO_TRACK_URL: 'http://track.example',
      CUSTOMERIO_CAMPAIGN_WEBHOOK_URL: 'http://hooks.example/s3cret',
      FORWARD_URLS: 'https://inbound.example,http://forward.example/s3cret',
      TWILIO_API_URL: 'http://twilio.example',
      INSECURE_HTTP_HOSTS: '*.example',
      PUBLIC_URL: 'optout.example.com',
      TRUST_PROXY: '0.0.0.0/0',
      STUDIO_TOKEN: 's3cret',
      INGEST_PORT: '70000',
      INGEST_ADMIN_PORT: '-1',
      WORKER_ADMIN_PORT: '65536',
      RECONCILE_PERIOD: 'daily',
      TWILIO_AUTH_TOKEN: 's3cret',
    });
    expect(code).toBe(78);
    expect(
      error
        .split('\n')
        .slice(1)
        .map((line) => /- (\w+(?: \(item \d\))?): /.exec(line)?.[1])
        .sort(),
    ).toEqual([
      'CUSTOMERIO_APP_URL',
      'CUSTOMERIO_CAMPAIGN_WEBHOOK_URL',
      'CUSTOMERIO_TRACK_URL',
      'FORWARD_URLS (item 2)',
      'INGEST_ADMIN_PORT',
      'INGEST_PORT',
      'INSECURE_HTTP_HOSTS',
      'PUBLIC_URL',
      'RECONCILE_PERIOD',
      'STUDIO_TOKEN',
      'TRUST_PROXY',
      'TWILIO_API_URL',
      'TWILIO_AUTH_TOKEN',
      'WORKER_ADMIN_PORT',
    ]);
    expect(error).not.toContain('s3cret');
  });

  it('warns of variables that nothing reads and of hosts that are called by plain http', async () => {
    const { code, out } = await check({
      ...ONE_ACCOUNT,
      CUSTOMERIO_APP_URL: 'http://customerio:8080',
      FORWARD_URLS: 'http://127.0.0.1:9000/in,http://localhost/in,http://[::1]:1/in',
      INSECURE_HTTP_HOSTS: 'customerio',
      TWILIO_AUTH_TOKENS: 's3cret',
      PUBLIC_URLS: 's3cret',
    });
    expect(code).toBe(0);
    const warnings = out.split('\n').filter((line) => line.startsWith('warning: '));
    expect(warnings).toEqual([
      'warning: INSECURE_HTTP_HOSTS: what is sent to customerio by http can be read and changed on its way',
      'warning: TWILIO_AUTH_TOKENS is set, but nothing here reads it: is TWILIO_AUTH_TOKEN meant?',
      'warning: PUBLIC_URLS is set, but nothing here reads it: is PUBLIC_URL meant?',
    ]);
  });

  it('prints JSON', async () => {
    const { out } = await check({ ...ONE_ACCOUNT, LOG_LEVEL: 'debug' }, '--json');
    expect(out).not.toMatch(/s3cret|5ec2e7/);
    expect(JSON.parse(out)).toMatchObject({ log_level: 'debug', warnings: [] });
  });

  it('prints and checks how often Customer.io is compared, and whether that writes', async () => {
    const set = { ...ONE_ACCOUNT, RECONCILE_PERIOD: '20s', RECONCILE_MODE: 'report' };
    expect(JSON.parse((await check(set, '--json')).out)).toMatchObject({
      reconcile: { period: '20s', mode: 'report' },
    });
    const off = await check({ ...ONE_ACCOUNT, RECONCILE_PERIOD: 'off' }, '--json');
    expect(JSON.parse(off.out)).toMatchObject({ reconcile: { period: 'off' } });
    const wrong = await check({ ...ONE_ACCOUNT, RECONCILE_PERIOD: '20x', RECONCILE_MODE: 'both' });
    expect(wrong.code).toBe(78);
    expect(wrong.error).toContain('RECONCILE_PERIOD: must be off or a duration');
    expect(wrong.error).toContain('RECONCILE_MODE: must be enforce or report');
  });

  it('prints sentinels and clusters', async () => {
    const nodes = { REDIS_NODES: 'a:1,b:2', REDIS_URL: undefined };
    const sentinel = { ...ONE_ACCOUNT, ...nodes, REDIS_MODE: 'sentinel', REDIS_SENTINEL_NAME: 'main' };
    expect(JSON.parse((await check(sentinel, '--json')).out)).toMatchObject({
      redis: { mode: 'sentinel', nodes: ['a:1', 'b:2'], sentinel_name: 'main', prefix: 'optout' },
    });
    const cluster = { ...ONE_ACCOUNT, ...nodes, REDIS_MODE: 'cluster' };
    expect(JSON.parse((await check(cluster, '--json')).out)).toMatchObject({
      redis: { nodes: ['a:1', 'b:2'] },
    });
  });

  it('reports all errors of all parts at once, each once, and exits with 78', async () => {
    const path = join(dir, 'wrong.yaml');
    writeFileSync(
      path,
      `
twilio:
  accounts:
    - { sid: AC1, auth_tokens: [s3cret], workspace: nowhere }
    - { sid: AC${'2'.repeat(32)}, auth_tokens: "\${NO_TOKEN}" }
customerio:
  workspaces:
    - { name: acme, site_id: s3cret, region: s3cret }
keywords: { match: s3cret, countries: { UK: {} } }
forward_url: s3cret
forward_urls: [s3cret]
`,
    );
    const { code, out, error } = await check({ OPTOUT_CONFIG: path, LOG_LEVEL: 'loud' });
    expect({ code, out }).toEqual({ code: 78, out: '' });
    const errors = error.split('\n').slice(1);
    for (const wrong of [
      'REDIS_URL is required',
      'LOG_LEVEL: ',
      'twilio.accounts[0].sid: must be AC',
      'twilio.accounts[0].auth_tokens[0]: must be 32 hexadecimal digits',
      'twilio.accounts[1].auth_tokens: the variable NO_TOKEN is not set',
      'twilio.accounts[0].workspace: there is no such workspace',
      'twilio.accounts[1].workspace: there is no such workspace',
      'OPTOUT_CONFIG: Unrecognized key: "forward_url"',
      'customerio.workspaces[0].region: ',
      'customerio.workspaces[0].track_api_key: is required',
      'customerio.workspaces[0].app_api_key: is required',
      'keywords.match: ',
      'keywords.countries.UK: is not a country code',
      'forward_urls[0]: must be http or https URLs',
    ]) {
      expect(errors.filter((one) => one.includes(`- ${wrong}`))).toHaveLength(1);
    }
    expect(errors).toHaveLength(14);
    expect(error).not.toContain('s3cret');
  });

  it('reports an account whose workspace is not configured', async () => {
    const path = join(dir, 'astray.yaml');
    writeFileSync(
      path,
      `{ twilio: { accounts: [{ sid: AC${'2'.repeat(32)}, auth_tokens: ${PRESENT}, workspace: b }] } }`,
    );
    const { code, error } = await check({ ...ONE_ACCOUNT, OPTOUT_CONFIG: path });
    expect(code).toBe(78);
    expect(error).toContain('twilio.accounts[0].workspace: there is no such workspace');
  });

  it('warns of names that data are stored under and nobody serves', async () => {
    const QUEUE_PREFIX = `test-${randomUUID()}`;
    const redis = new Redis(process.env.TEST_REDIS_URL ?? '');
    await redis.hset(`${QUEUE_PREFIX}:ledger:{old-shop:sms:+14155550101}`, 'v', 1);
    await redis.hset(`${QUEUE_PREFIX}:ledger:{default:sms:+14155550101}`, 'v', 1);
    const env = { ...ONE_ACCOUNT, REDIS_URL: process.env.TEST_REDIS_URL, QUEUE_PREFIX };
    const { code, out, error } = await check(env);
    redis.disconnect();
    expect({ code, error }).toEqual({ code: 0, error: '' });
    expect(out).toContain(
      'warning: no workspace serves the stored name old-shop (1 ledger entries and 0 jobs)',
    );
    expect(out).not.toContain('stored name default');
  });

  it('warns of settings that are valid but may be a mistake', async () => {
    const path = join(dir, 'surprising.yaml');
    writeFileSync(
      path,
      `
twilio: { accounts: [{ sid: AC${'2'.repeat(32)}, auth_tokens: ${PRESENT}, workspace: acme }] }
customerio:
  workspaces:
    - { name: acme, campaign_webhook_url: "https://hooks.example/a" }
    - { name: globex, campaign_webhook_url: "https://hooks.example/b" }
keywords: { match: contains }
`,
    );
    const { code, out } = await check({ ...ONE_ACCOUNT, OPTOUT_CONFIG: path });
    expect(code).toBe(0);
    expect(out).toContain('warning: no Twilio account reports to workspace globex');
    expect(out).toContain('warning: keywords.match is contains');
  });
});

describe('optout.example.yaml', () => {
  const OPTOUT_CONFIG = resolve(__dirname, '../../../../optout.example.yaml');
  const TOKENS = [
    'TWILIO_TOKEN_SHOP',
    'TWILIO_TOKEN_SHOP_NEXT',
    'TWILIO_TOKEN_CLINIC',
    'TWILIO_TOKEN_EVENTS',
  ];
  const KEYS = [
    'SITE_ID_SHOP',
    'TRACK_API_KEY_SHOP',
    'APP_API_KEY_SHOP',
    'SITE_ID_CLINIC',
    'TRACK_API_KEY_CLINIC',
  ];
  const secrets = Object.fromEntries([
    ...TOKENS.map((name) => [name, PRESENT]),
    ...KEYS.map((key) => [`CUSTOMERIO_${key}`, 's3cret']),
  ]) as Env;
  const env: Env = {
    REDIS_URL: 'redis://redis.example',
    OPTOUT_CONFIG,
    CUSTOMERIO_CAMPAIGN_URL_EVENTS: 'https://hooks.example/s3cret',
    CUSTOMERIO_WEBHOOK_TOKEN_SHOP: 's3cret-of-the-workflow',
    TWILIO_API_SECRET_SHOP: 's3cret',
    INTAKE_TOKEN_HELPDESK: 's3cret-of-the-help-desk',
    INTAKE_TOKEN_PREFERENCES: 's3cret-of-the-page',
    ...secrets,
  };

  it('is a valid configuration', async () => {
    const { code, out, error } = await check(env, '--json');
    expect({ code, error }).toEqual({ code: 0, error: NO_REDIS });
    expect(out).not.toMatch(/s3cret|5ec2e7/);
    expect(JSON.parse(out)).toMatchObject({
      twilio: {
        accounts: [{ auth_tokens: 2, workspace: 'shop' }, { workspace: 'clinic' }, { workspace: 'events' }],
      },
      customerio: {
        workspaces: [
          { name: 'shop', native_optouts: true, webhook_token: 1 },
          {
            name: 'clinic',
            region: 'eu',
            lookup: 'phone_identifier',
            app_api_key: 'not set',
            webhook_token: 0,
          },
          { name: 'events', campaign_webhook_url: 'hooks.example' },
        ],
      },
      keywords: { wording: 'flag' },
      forward_urls: ['inbound.example.com'],
      intake: [
        { name: 'helpdesk', tokens: 1, kinds: ['stop'] },
        { name: 'preference-page', tokens: 1, kinds: ['stop', 'start'], senders: [] },
      ],
      warnings: [],
    });
  });

  it('needs every variable that it names', async () => {
    const { code, error } = await check({ REDIS_URL: 'redis://redis.example', OPTOUT_CONFIG });
    expect(code).toBe(78);
    for (const name of Object.keys(env).filter((key) => !['REDIS_URL', 'OPTOUT_CONFIG'].includes(key))) {
      expect(error).toContain(`the variable ${name} is not set`);
    }
  });
});
