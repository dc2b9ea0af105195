import { createServer } from 'node:http';
import { createServer as createTcpServer, type AddressInfo } from 'node:net';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { FOLDERS } from '../config/folders';
import { isAlive, processInfo } from '../process/process-info';
import { waitFor } from '../process/wait-for';
import { queryPrometheus, scrapedTargets } from './prometheus-api';
import { providePrometheus } from './provide-prometheus';
import type { PrometheusOptions, RunningPrometheus } from './start-prometheus';

const RULES = join(FOLDERS.root, 'deploy/prometheus/rules.yml');
const NOTHING = { ingest: [], worker: [] };

/** A program with one metric. */
const target = createServer((_, response) => response.end('optout_spool_items 3\n'));
let address: string;
beforeAll(async () => {
  await new Promise<void>((resolve) => target.listen(0, '127.0.0.1', resolve));
  address = `127.0.0.1:${(target.address() as AddressInfo).port}`;
});
afterAll(() => target.close());

const started: RunningPrometheus[] = [];
afterEach(() => Promise.all(started.splice(0).map((prometheus) => prometheus.stop())));

async function start(options: Partial<PrometheusOptions> = {}): Promise<RunningPrometheus> {
  const prometheus = await providePrometheus({
    log: () => undefined,
    targets: NOTHING,
    ruleFiles: [RULES],
    intervalSeconds: 1,
    mayInstall: process.env.NO_INSTALL === undefined,
    ...options,
  });
  started.push(prometheus);
  return prometheus;
}

/** The folder of its configuration. */
const folderOf = ({ pid }: RunningPrometheus): string =>
  dirname(/--config\.file=(\S+)/.exec(processInfo(pid)?.args ?? '')?.[1] ?? '');

const spoolItems = async ({ url }: RunningPrometheus): Promise<number | undefined> =>
  (await queryPrometheus(url, 'max(max_over_time(optout_spool_items[1h]))'))[0]?.value;

test('it scrapes both services under the names of the alerts, with our rules, on 127.0.0.1 only', async () => {
  const prometheus = await start({ targets: { ingest: [address], worker: [address] } });
  const up = async () => (await scrapedTargets(prometheus.url)).filter((target) => target.up);
  await waitFor(async () => (await up()).length === 2, { what: 'both scrapes' });
  expect((await up()).map(({ job }) => job).sort()).toEqual(['optout-ingest', 'optout-worker']);
  await waitFor(async () => (await spoolItems(prometheus)) === 3, { what: 'the metric' });
  const rules = await fetch(`${prometheus.url}/api/v1/rules?type=alert`).then((answer) => answer.text());
  expect(rules).toContain('"name":"OptOutsLate"');
  // Another address of this machine on Linux; elsewhere it is not configured.
  await expect(fetch(`${prometheus.url.replace('127.0.0.1', '127.0.0.2')}/-/ready`)).rejects.toThrow();
});

test('an expression that Prometheus rejects is an error with its message', async () => {
  const { url } = await start();
  await expect(queryPrometheus(url, 'sum(')).rejects.toThrow(/Prometheus: .*parse error/);
});

test('after SIGKILL and a restart it has the same address and its data', async () => {
  const prometheus = await start({ targets: { ingest: [address], worker: [] } });
  await waitFor(async () => (await spoolItems(prometheus)) === 3, { what: 'the metric' });
  const { url, pid } = prometheus;
  process.kill(pid, 'SIGKILL');
  await prometheus.exited;
  await prometheus.restart();
  expect(prometheus.url).toBe(url);
  expect(prometheus.pid).not.toBe(pid);
  expect(await spoolItems(prometheus)).toBe(3);
});

test('a scratch folder is removed with it, a given one stays', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'optout-sync-test-'));
  const scratch = await start();
  const given = await start({ dir });
  const folder = folderOf(scratch);
  expect(existsSync(folder)).toBe(true);
  expect(folderOf(given)).toBe(dir);
  await scratch.stop();
  await given.stop();
  expect([scratch, given].filter(({ pid }) => isAlive(pid))).toEqual([]);
  expect([folder, dir].map((path) => existsSync(path))).toEqual([false, true]);
  await rm(dir, { recursive: true });
});

test('a second one gets another port', async () => {
  const [first, second] = [await start(), await start()];
  expect(second.url).not.toBe(first.url);
  expect((await fetch(`${second.url}/-/ready`)).status).toBe(200);
});

test("a given port that is taken is an error, not another program's Prometheus", async () => {
  const first = await start();
  await expect(start({ port: Number(new URL(first.url).port) })).rejects.toThrow(/address already in use/);
  const other = createTcpServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  await expect(start({ port: (other.address() as AddressInfo).port })).rejects.toThrow(
    /address already in use/,
  );
  other.close();
});

test('rules that Prometheus cannot read are an error with its message', async () => {
  await expect(start({ ruleFiles: [join(FOLDERS.root, 'package.json')] })).rejects.toThrow(/package\.json/);
});
