import { readFileSync } from 'node:fs';
import { waitFor } from '@optout-sync/local-runtime/process';
import { hasEnded } from './support/has-ended';
import { metric, sendStop } from './support/launched-system';
import { startLauncher, type Launcher } from './support/launcher';

jest.setTimeout(300_000);

let launcher: Launcher | undefined;
afterEach(() => launcher?.stop());

describe('npm start', () => {
  test('a worker and an ingest that die are started again on the same ports', async () => {
    launcher = await startLauncher({}, ['--demo']);
    await launcher.says(/Ctrl-C stops everything/);
    const parts = launcher.parts();
    for (const name of ['worker', 'ingest'] as const) process.kill(parts.get(name) ?? 0, 'SIGKILL');
    await Promise.all([launcher.says(/^worker: started again/m), launcher.says(/^ingest: started again/m)]);
    const running = launcher;
    const status = (): Promise<number | undefined> => sendStop(running).catch(() => undefined);
    await waitFor(async () => (await status()) === 200, { what: 'ingest to answer', timeoutMs: 30_000 });
    await waitFor(() => metric(running, 'worker', /^(optout_\w+)/m).then(() => true), {
      what: 'the worker to answer',
      timeoutMs: 30_000,
    });
    expect((await launcher.stop()).code).toBe(0);
    expect([...launcher.parts().values()].filter((pid) => !hasEnded(pid))).toEqual([]);
  });

  test('nothing runs on when npm start is killed with SIGKILL, also not what was started again', async () => {
    launcher = await startLauncher({}, ['--demo']);
    await launcher.says(/Ctrl-C stops everything/);
    process.kill(launcher.parts().get('redis') ?? 0, 'SIGKILL');
    await launcher.says(/^redis: started again/m);
    const parts = launcher.parts();
    expect([...parts.keys()].sort()).toEqual(['ingest', 'redis', 'worker']);
    await launcher.process.kill('SIGKILL');
    await waitFor(() => [...parts.values()].every(hasEnded), { what: 'all parts to end' });
  });

  test('nothing runs on when npm is killed with SIGKILL', async () => {
    launcher = await startLauncher({}, ['--demo'], { throughNpm: true });
    await launcher.says(/Ctrl-C stops everything/);
    const parts = launcher.parts();
    expect([...parts.keys()].sort()).toEqual(['ingest', 'redis', 'worker']);
    const children = readFileSync(
      `/proc/${launcher.process.pid}/task/${launcher.process.pid}/children`,
      'utf8',
    );
    expect(children).toMatch(/^\d+ $/);
    await launcher.process.kill('SIGKILL');
    const pids = [...parts.values(), Number(children)];
    await waitFor(() => pids.every(hasEnded), { what: 'all parts to end', timeoutMs: 40_000 });
  });
});
