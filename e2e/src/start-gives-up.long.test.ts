import { waitFor } from '@optout-sync/local-runtime/process';
import { hasEnded } from './support/has-ended';
import { startLauncher, type Launcher } from './support/launcher';

jest.setTimeout(300_000);

/** As often as a part may end within a minute. */
const MOST_DEATHS = 5;

/** After its last restart. */
const LAST_WORKER_RUNS =
  /^worker: started again(?![^]*^worker: started again)[^]*^worker {2}\| .*worker consumes jobs/m;

let launcher: Launcher | undefined;
afterEach(() => launcher?.stop());

test('npm start ends when a worker has died five times within a minute, and shows what it said last', async () => {
  const running = (launcher = await startLauncher({}, ['--demo', '--verbose']));
  await running.says(/Ctrl-C stops everything/);
  const parts = running.parts();
  const restarts = (): number => running.text().match(/^worker: started again/gm)?.length ?? 0;
  for (let death = 0; death < MOST_DEATHS; death++) {
    await waitFor(() => restarts() === death, { what: `restart ${String(death)} of the worker` });
    // The last one says something first.
    if (death === MOST_DEATHS - 1) await running.says(LAST_WORKER_RUNS);
    process.kill(running.parts().get('worker') ?? 0, 'SIGKILL');
  }
  const { code } = await running.process.exited;
  expect(code).toBe(1);
  const [, report = ''] =
    /^worker: ended 5 times within 60 s, at last with SIGKILL: not started again\. Its last lines:\n((?: {2}.*\n?)+)/m.exec(
      running.text(),
    ) ?? [];
  expect(report).toMatch(/^ {2}\{.*"service":"worker".*worker consumes jobs/m);
  expect(restarts()).toBe(MOST_DEATHS - 1);
  for (const delay of [1, 2, 4, 8])
    expect(running.text()).toContain(`it is started again in ${String(delay)} s`);
  expect([...parts.values()].filter((pid) => !hasEnded(pid))).toEqual([]);
});
