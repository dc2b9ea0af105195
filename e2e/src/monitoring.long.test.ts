import { queryPrometheus, scrapedTargets } from '@optout-sync/local-runtime/monitoring';
import { waitFor } from '@optout-sync/local-runtime/process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startLauncher, type Launcher } from './support/launcher';

jest.setTimeout(180_000);

let launcher: Launcher | undefined;
afterEach(() => launcher?.stop());

const runs = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

describe('npm start -- --monitoring', () => {
  const install = process.env.NO_INSTALL === undefined ? [] : ['--no-install'];

  it('runs a Prometheus that scrapes the system, starts it again, and leaves none behind', async () => {
    launcher = await startLauncher({}, ['--demo', '--monitoring', ...install]);
    const pages = [/^ {2}alerts +(\S+)$/m, /^ {2}oldest opt-out +(\S+)$/m];
    for (const page of pages) {
      const [address = ''] = await launcher.says(page);
      expect((await fetch(address)).status).toBe(200);
    }
    const [alerts = ''] = await launcher.says(pages[0]!);
    const url = new URL(alerts).origin;
    await waitFor(async () => (await scrapedTargets(url)).filter(({ up }) => up).length === 3, {
      what: 'ingest, worker and console to be scraped',
    });
    const first = launcher.parts().get('prometheus') ?? 0;
    process.kill(first, 'SIGKILL');
    await launcher.says(
      /^prometheus: ended unexpectedly \(SIGKILL\); nothing is recorded, and no alert fires/m,
    );
    await launcher.says(/^prometheus: started again, process \d+$/m);
    // What it recorded before it was killed is still there.
    const recorded = await queryPrometheus(url, 'max by (job) (max_over_time(up[1h]))');
    expect(recorded.map(({ value }) => value)).toEqual([1, 1, 1]);
    const second = launcher.parts().get('prometheus') ?? 0;
    expect((await launcher.stop()).code).toBe(0);
    expect([first, second].filter(runs)).toEqual([]);
  });

  it('says that there is none, and runs the system without it', async () => {
    const empty = await mkdtemp(join(tmpdir(), 'optout-sync-test-'));
    const env = { PATH: empty, REDIS_URL: process.env.TEST_REDIS_URL ?? '' };
    launcher = await startLauncher(env, ['--demo', '--monitoring', '--no-install']);
    await launcher.says(/Ctrl-C stops everything/);
    expect(launcher.text()).toContain(
      'prometheus: not started, the system runs without monitoring: there is no prometheus on PATH',
    );
    expect(launcher.text()).toContain('--no-install: nothing was installed');
    expect([...launcher.parts().keys()]).not.toContain('prometheus');
    expect((await launcher.stop()).code).toBe(0);
    await rm(empty, { recursive: true });
  });
});
