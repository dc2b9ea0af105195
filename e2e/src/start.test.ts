import { mkdtemp, readFile, readdir, rm, stat } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEMO_PHONES } from '@optout-sync/customerio-sandbox';
import { OwnedProcess, inheritedEnv, waitFor } from '@optout-sync/local-runtime/process';
import { PrivateData } from '@optout-sync/testkit/system';
import { hasEnded } from './support/has-ended';
import { metric, sendStop } from './support/launched-system';
import { ROOT, startLauncher, type Launcher } from './support/launcher';

jest.setTimeout(300_000);

/** Lists who is opted out, as `npx optout-sync optouts` does on the system that runs here. */
async function optOuts(): Promise<string> {
  const cli = await OwnedProcess.start({
    command: process.execPath,
    args: [join(__dirname, '../../packages/local-runtime/dist/bin/cli.js'), 'optouts', 'list'],
    env: inheritedEnv(),
  });
  await cli.exited;
  return cli.logs().join('\n');
}

/** What the parts have logged. */
async function logLines(): Promise<string[]> {
  const folder = join(ROOT, 'data/logs');
  const files = await readdir(folder);
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
  return texts.flatMap((text) => text.split('\n'));
}

let launcher: Launcher | undefined;
afterEach(() => launcher?.stop());

describe('npm start', () => {
  test('ingest spools while Redis is dead, and what it took is applied when Redis is back', async () => {
    launcher = await startLauncher({}, ['--demo']);
    await launcher.says(/Ctrl-C stops everything/);
    const applied = /^optout_events_total\{.*outcome="applied".*\} (\d+)$/m;
    const before = await metric(launcher, 'worker', applied);
    const parts = launcher.parts();
    process.kill(parts.get('redis') ?? 0, 'SIGKILL');
    await launcher.says(/^redis: ended unexpectedly \(SIGKILL\); ingest goes on and spools/m);
    expect(await sendStop(launcher)).toBe(200);
    await launcher.says(/^redis: started again/m);
    await waitFor(async () => launcher && (await metric(launcher, 'worker', applied)) > before, {
      what: 'the STOP to be applied',
      timeoutMs: 30_000,
    });
    expect(await optOuts()).toMatch(/^\+1415\*{5}01 +sms +default +stopped/m);
    expect(hasEnded(parts.get('ingest') ?? 0)).toBe(false);
    expect(hasEnded(parts.get('worker') ?? 0)).toBe(false);
    const lines = await logLines();
    expect(lines.length).toBeGreaterThan(20);
    const data = new PrivateData();
    data.addRequest(DEMO_PHONES);
    expect(data.leaksIn(lines)).toEqual([]);
  });
});

describe('npm start on real accounts', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'optout-sync-test-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const settings = (): Record<string, string> => ({
    REDIS_URL: process.env.TEST_REDIS_URL ?? '',
    QUEUE_PREFIX: `start-${process.pid}-${Date.now()}`,
    SPOOL_DIR: join(folder, 'spool'),
    PUBLIC_URL: 'https://optout.example.com/sms',
    TWILIO_ACCOUNT_SID: `AC${'1'.repeat(32)}`,
    TWILIO_AUTH_TOKEN: '2'.repeat(32),
    CUSTOMERIO_SITE_ID: 'site',
    CUSTOMERIO_TRACK_API_KEY: 'track',
    CUSTOMERIO_APP_API_KEY: 'app',
    // The discard port of this machine, which refuses connections.
    CUSTOMERIO_APP_URL: 'http://127.0.0.1:9',
    CUSTOMERIO_TRACK_URL: 'http://127.0.0.1:9',
  });

  test('says that Customer.io is unreachable, and the URLs to enter at Twilio', async () => {
    launcher = await startLauncher(settings());
    await launcher.says(/Ctrl-C stops everything/);
    expect(launcher.text()).toMatch(
      /^worker: could not check the access to Customer\.io; starting anyway: .+/m,
    );
    expect(launcher.text()).toContain(
      'https://optout.example.com/sms/webhooks/twilio/messages#rc=3&rp=all (POST)',
    );
    expect((await launcher.stop()).code).toBe(0);
  });

  test('only the owner can read the spool, and reach the private ports from elsewhere', async () => {
    launcher = await startLauncher(settings());
    await launcher.says(/Ctrl-C stops everything/);
    const spool = join(folder, 'spool');
    const paths = [spool, ...(await readdir(spool)).map((name) => join(spool, name))];
    expect(paths.length).toBeGreaterThan(3);
    const modes = await Promise.all(paths.map(async (path) => (await stat(path)).mode & 0o077));
    expect(modes.filter((mode) => mode !== 0)).toEqual([]);
    const [admin = ''] = await launcher.says(/^ {2}ingest +(\S+)\/metrics/m);
    // Another address of this machine on Linux; elsewhere it is not configured.
    await expect(fetch(`${admin.replace('127.0.0.1', '127.0.0.2')}/healthz`)).rejects.toThrow();
  });

  test('a port that is taken stops the start', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, resolve));
    const { port } = other.address() as AddressInfo;
    try {
      launcher = await startLauncher({ ...settings(), INGEST_PORT: String(port) });
      const { code } = await launcher.process.exited;
      expect(launcher.text()).toContain(`INGEST_PORT: port ${port} is taken on this machine`);
      expect(code).toBe(1);
    } finally {
      other.close();
    }
  });
});
