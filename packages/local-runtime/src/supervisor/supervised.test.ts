import { OwnedProcess, inheritedEnv } from '../process/owned-process';
import { isAlive } from '../process/process-info';
import { waitFor } from '../process/wait-for';
import { Supervised, type Part } from './supervised';

const POLICY = { mostDeaths: 3, windowMs: 60_000, firstDelayMs: 1 };
const RUNS = `console.log('up'); setInterval(() => {}, 1000)`;

let supervised: Supervised | undefined;
afterEach(() => supervised?.stop());

/** Starts Node with this code as a part. */
async function start(code: string): Promise<Part> {
  const process_ = await OwnedProcess.start({
    command: process.execPath,
    args: ['-e', code],
    env: inheritedEnv(),
  });
  const { pid, exited } = process_;
  return { pid, exited, logs: () => process_.logs(), stop: () => process_.stop(5_000) };
}

/** Supervises a part and returns what it says and reports. */
async function supervise(
  first: string,
  restart: () => Promise<Part>,
  firstDelayMs = POLICY.firstDelayMs,
): Promise<{ said: string[]; reports: string[]; part: Supervised }> {
  const said: string[] = [];
  const reports: string[] = [];
  supervised = new Supervised(await start(first), {
    name: 'worker',
    restart,
    meanwhile: 'messages wait',
    say: (line) => said.push(line),
    onGiveUp: (report) => reports.push(report),
    policy: { ...POLICY, firstDelayMs },
  });
  return { said, reports, part: supervised };
}

test('a part that is killed is started again, and the terminal says so', async () => {
  const { said, reports, part } = await supervise(RUNS, () => start(RUNS));
  const first = part.pid ?? 0;
  process.kill(first, 'SIGKILL');
  await waitFor(() => said.length === 2, { what: 'the restart' });
  expect(part.pid).not.toBe(first);
  expect(isAlive(part.pid ?? 0)).toBe(true);
  expect(said).toEqual([
    'worker: ended unexpectedly (SIGKILL); messages wait; it is started again in 0.001 s',
    `worker: started again, process ${part.pid}`,
  ]);
  expect(reports).toEqual([]);
});

test('a part that keeps dying is given up, with its own last lines', async () => {
  const dies = `console.error('no such queue'); process.exit(3)`;
  const { said, reports } = await supervise(dies, () => start(dies));
  await waitFor(() => reports.length > 0, { what: 'the report' });
  expect(reports).toEqual([
    'worker: ended 3 times within 60 s, at last with exit code 3: not started again. Its last lines:\n  no such queue',
  ]);
  expect(said.filter((line) => line.includes('ended unexpectedly'))).toHaveLength(2);
});

test('a restart that fails counts as a death, and its reason is in the report', async () => {
  const { said, reports } = await supervise('process.exit(1)', () =>
    Promise.reject(new Error('no server on port 6379\nAddress already in use')),
  );
  await waitFor(() => reports.length > 0, { what: 'the report' });
  expect(said[1]).toContain('no server on port 6379');
  expect(reports[0]).toMatch(/no server on port 6379[^]*\n {2}Address already in use/);
});

test('stopped while it waits, a part is not started again', async () => {
  const restart = jest.fn(() => start(RUNS));
  const { said, reports, part } = await supervise('process.exit(1)', restart, 3_600_000);
  await waitFor(() => said.length === 1, { what: 'the wait' });
  await part.stop();
  expect(restart).not.toHaveBeenCalled();
  expect(reports).toEqual([]);
});

test('stopped during a restart, the part that has just started ends too', async () => {
  let started: Part | undefined;
  let entered = (): void => undefined;
  const restarting = new Promise<void>((resolve) => (entered = resolve));
  let proceed = (): void => undefined;
  const gate = new Promise<void>((resolve) => (proceed = resolve));
  const { part } = await supervise('process.exit(1)', async () => {
    entered();
    await gate;
    return (started = await start(RUNS));
  });
  await restarting;
  const stopped = part.stop();
  proceed();
  await stopped;
  expect(started?.pid).toBeGreaterThan(0);
  expect(isAlive(started?.pid ?? 0)).toBe(false);
});

test('a part that is stopped is not reported as dead', async () => {
  const { said, part } = await supervise(RUNS, () => start(RUNS));
  const pid = part.pid ?? 0;
  await part.stop();
  expect(isAlive(pid)).toBe(false);
  expect(said).toEqual([]);
});
