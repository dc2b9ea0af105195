import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { startCustomerIoSandbox, type CustomerIoSandbox } from '@optout-sync/customerio-sandbox';
import { waitFor } from '@optout-sync/local-runtime/process';
import type { Env } from '@optout-sync/shared/config';
import {
  TWILIO_ACCOUNT_SID as SID,
  addNumber,
  startTwilioApi,
  type TwilioApi,
} from '@optout-sync/twilio-simulator';
import { runCli } from '../run-cli';
import { AUTH_TOKEN, accountsEnv } from '../test-support/accounts';
import { openStores, runWith } from '../test-support/cli';

const { env: redisEnv, close } = openStores();
let sandbox: CustomerIoSandbox;
let api: TwilioApi;
let folder: string;
let file: string;
beforeEach(async () => {
  sandbox = await startCustomerIoSandbox({ appRps: 0 });
  sandbox.workspace().addPerson({ attributes: { phone: '+14155550101' } });
  api = await startTwilioApi({ [SID]: AUTH_TOKEN });
  addNumber(api.account(SID), '+15005550006');
  folder = mkdtempSync(join(tmpdir(), 'optout-sync-init-'));
  file = join(folder, '.env');
});
afterEach(async () => {
  rmSync(folder, { recursive: true });
  await Promise.all([sandbox.stop(), api.stop()]);
});
afterAll(() => close());

const accounts = (changes: Env = {}): Env => ({ ...redisEnv, ...accountsEnv(sandbox, api), ...changes });
const init = (env: Env, ...args: string[]) => runWith(env, 'init', '--file', file, ...args);
const lines = () => readFileSync(file, 'utf8').trim().split('\n');

describe('without anybody to ask', () => {
  it('writes what is in the environment, with a token for the people webhook, for the owner only', async () => {
    expect(await init(accounts(), '--no-doctor')).toMatchObject({ code: 0, out: '' });
    expect(lines()).toEqual(
      expect.arrayContaining([
        `TWILIO_ACCOUNT_SID=${SID}`,
        `TWILIO_AUTH_TOKEN=${AUTH_TOKEN}`,
        'CUSTOMERIO_REGION=us',
        'PUBLIC_URL=https://optout.example.com',
        expect.stringMatching(/^CUSTOMERIO_WEBHOOK_TOKEN=[0-9a-f]{64}$/) as string,
      ]),
    );
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('makes a token where the one in the environment is empty', async () => {
    await init(accounts({ CUSTOMERIO_WEBHOOK_TOKEN: '' }), '--no-doctor');
    expect(readFileSync(file, 'utf8')).toMatch(/^CUSTOMERIO_WEBHOOK_TOKEN=[0-9a-f]{64}$/m);
  });

  it('keeps the other lines of a file, and closes it to others', async () => {
    writeFileSync(file, '# mine\nLOG_LEVEL=debug\nTWILIO_AUTH_TOKEN=\nCUSTOMERIO_REGION=eu\n', {
      mode: 0o644,
    });
    await init(accounts(), '--no-doctor');
    expect(lines().slice(0, 4)).toEqual([
      '# mine',
      'LOG_LEVEL=debug',
      `TWILIO_AUTH_TOKEN=${AUTH_TOKEN}`,
      'CUSTOMERIO_REGION=us',
    ]);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('names what is missing or invalid, without values, and writes nothing', async () => {
    const ran = await init(
      accounts({ TWILIO_AUTH_TOKEN: 'my-s3cret', CUSTOMERIO_SITE_ID: '' }),
      '--no-doctor',
    );
    expect(ran.code).toBe(2);
    expect(ran.error).toContain('TWILIO_AUTH_TOKEN: must be 32 hexadecimal digits');
    expect(ran.error).toContain('CUSTOMERIO_SITE_ID is required');
    expect(ran.error).not.toContain('s3cret');
    expect(() => statSync(file)).toThrow('ENOENT');
  });

  it('says that the file cannot be written', async () => {
    const ran = await runWith(accounts(), 'init', '--file', '/dev/null/.env', '--no-doctor');
    expect(ran).toMatchObject({ code: 1, error: expect.stringContaining('env_file_failed') as string });
  });

  it('prints which variables it wrote, and not their values', async () => {
    const { out } = await init(accounts(), '--no-doctor', '--json');
    expect(JSON.parse(out)).toMatchObject({
      file,
      variables: expect.arrayContaining([{ name: 'TWILIO_AUTH_TOKEN', change: 'added' }]) as unknown,
    });
    expect(out).not.toContain(AUTH_TOKEN);
  });

  it('runs doctor on what it wrote, without Redis where none is named', async () => {
    const env = accounts({ PUBLIC_URL: '', REDIS_URL: '' });
    const { code, out } = await init(env, '--json');
    const { findings } = JSON.parse(out) as { findings: { area: string; code?: string }[] };
    expect(code).toBe(0);
    expect(new Set(findings.map(({ area }) => area))).toEqual(
      new Set(['configuration', 'customerio', 'twilio', 'webhooks', 'public_url']),
    );
    expect(findings.map((finding) => finding.code)).toContain('public_url_missing');
  });
});

describe('at a terminal', () => {
  /** Answers the questions as they appear; a question that is asked again gets the next answer. */
  async function answer(env: Env, answers: readonly (readonly [question: string, answer: string])[]) {
    const [input, output] = [new PassThrough(), new PassThrough()];
    // As standard error, it is not ended with each question.
    output.end = () => output;
    let shown = '';
    output.on('data', (chunk: Buffer) => (shown += chunk.toString()));
    const errors: string[] = [];
    const ended = runCli(['init', '--file', file, '--no-doctor'], {
      env,
      out: () => undefined,
      error: (text) => void errors.push(text),
      prompt: { input, output },
    });
    for (const [question, text] of answers) {
      await waitFor(() => shown.includes(question) || undefined, { what: `the question ${question}` });
      shown = '';
      input.write(`${text}\n`);
    }
    return { code: await ended, errors: errors.join('\n') };
  }

  it('asks for each value, refuses an invalid one, and proposes what is there', async () => {
    const { siteId, trackApiKey, appApiKey } = sandbox.workspace();
    const { code, errors } = await answer({ CUSTOMERIO_SITE_ID: siteId }, [
      ['account SID', 'nonsense'],
      ['must be AC and 32 hexadecimal digits', '\u007f'.repeat(8) + SID],
      ['auth token', AUTH_TOKEN],
      ['API key', ''],
      ['site ID', ''],
      ['Track API key', trackApiKey],
      ['App API key', appApiKey],
      ['Region', ''],
      ['Attribute', ''],
      ['Base URL', 'https://optout.example.com'],
      ['URL of Redis', ''],
    ]);
    expect(errors).toContain('which only you can read');
    expect(code).toBe(0);
    expect(lines()).toEqual([
      `TWILIO_ACCOUNT_SID=${SID}`,
      `TWILIO_AUTH_TOKEN=${AUTH_TOKEN}`,
      `CUSTOMERIO_SITE_ID=${siteId}`,
      `CUSTOMERIO_TRACK_API_KEY=${trackApiKey}`,
      `CUSTOMERIO_APP_API_KEY=${appApiKey}`,
      'CUSTOMERIO_REGION=us',
      'CUSTOMERIO_PHONE_ATTRIBUTE=phone',
      'PUBLIC_URL=https://optout.example.com',
      expect.stringMatching(/^CUSTOMERIO_WEBHOOK_TOKEN=/) as string,
    ]);
  });
});
