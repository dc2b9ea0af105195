import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makePrivateFolder } from '@optout-sync/shared/service';
import { freePort, tryPort } from '../process/free-port';
import { onAnyPort } from '../process/on-any-port';
import { OwnedProcess, inheritedEnv, type Exit } from '../process/owned-process';
import { waitFor } from '../process/wait-for';
import type { PrometheusBinary } from './find-prometheus';
import { prometheusConfig, type PrometheusConfig } from './prometheus-config';

const HOST = '127.0.0.1';
const DEFAULT_PORT = 9090;
/** Generous: it replays its log of the last hours first. */
const READY_MS = 60_000;
const STOP_MS = 10_000;
/** The objective is over 28 days. */
const RETENTION = '30d';

export interface PrometheusOptions extends PrometheusConfig {
  /** Gets each step in one line. */
  readonly log: (line: string) => void;
  /** Called for each line that the server logs. */
  readonly onLog?: ((line: string) => void) | undefined;
  /** The folder of its configuration and data. Default: a scratch folder, removed with the server. */
  readonly dir?: string | undefined;
  /** The port on 127.0.0.1. Default: 9090, or a free one while that is taken. */
  readonly port?: number | undefined;
}

/** A Prometheus of ours. */
export interface RunningPrometheus {
  /** Its API, e.g. "http://127.0.0.1:9090". */
  readonly url: string;
  /** Its pages `/alerts` and `/graph`: below `/classic` in Debian's package, which has no others. */
  readonly pages: string;
  readonly pid: number;
  /** Settles when it has ended, however. */
  readonly exited: Promise<Exit>;
  /** Its last lines, oldest first. */
  logs(): readonly string[];
  /** Ends it and removes its scratch folder. Idempotent. */
  stop(): Promise<void>;
  /** Starts it again on the same port with the same data, and stops it before if it still runs. */
  restart(): Promise<void>;
}

/**
 * Starts a Prometheus on 127.0.0.1 and waits until it is ready.
 *
 * @throws {Error} with its last errors when it ends or is not ready within a minute; it does not run any more then
 */
export async function startPrometheus(
  binary: PrometheusBinary,
  options: PrometheusOptions,
): Promise<RunningPrometheus> {
  const { log, onLog, dir, port: wanted } = options;
  const scratch = dir === undefined ? await mkdtemp(join(tmpdir(), 'optout-sync-prometheus-')) : undefined;
  const home = dir ?? scratch ?? '';
  const removeScratch = async () => scratch && rm(scratch, { recursive: true, force: true });
  const launch = (port: number) => launchOn(port, { binary, home, scratch, onLog });

  let started: { readonly server: OwnedProcess; readonly port: number };
  try {
    await makePrivateFolder(home);
    await writeFile(configFile(home), prometheusConfig(options), { mode: 0o600 });
    started = await onAnyPort(wanted, async (port) => ({ server: await launch(port), port }), anyPort);
  } catch (error) {
    await removeScratch();
    throw error;
  }
  const { port } = started;
  let { server } = started;
  const url = `http://${HOST}:${port}`;
  const pages = await pagesOf(url);
  log(`prometheus: started ${binary.version} on ${HOST}:${port}, data in ${home}`);
  return {
    url,
    pages,
    get pid() {
      return server.pid;
    },
    get exited() {
      return server.exited;
    },
    logs: () => server.logs(),
    async stop() {
      await server.stop(STOP_MS);
      await removeScratch();
    },
    async restart() {
      await server.stop(STOP_MS);
      server = await launch(port);
    },
  };
}

const configFile = (home: string): string => join(home, 'prometheus.json');

const anyPort = async (): Promise<number> => (await tryPort(DEFAULT_PORT, HOST)) ?? freePort(HOST);

async function launchOn(
  port: number,
  {
    binary,
    home,
    scratch,
    onLog,
  }: Pick<PrometheusOptions, 'onLog'> & {
    readonly binary: PrometheusBinary;
    readonly home: string;
    readonly scratch: string | undefined;
  },
): Promise<OwnedProcess> {
  const server = await OwnedProcess.start({
    command: binary.file,
    args: [
      `--config.file=${configFile(home)}`,
      `--storage.tsdb.path=${join(home, 'data')}`,
      `--storage.tsdb.retention.time=${RETENTION}`,
      `--web.listen-address=${HOST}:${port}`,
    ],
    env: inheritedEnv(),
    scratch,
    onLog,
  });
  try {
    await waitFor(() => isOurs(port, home), {
      what: `Prometheus on port ${port}`,
      timeoutMs: READY_MS,
      everyMs: 50,
      giveUp: () => server.ended !== undefined && 'it ended',
    });
  } catch (error) {
    await server.kill('SIGKILL');
    throw new Error([(error as Error).message, ...problems(server.logs())].join('\n'), { cause: error });
  }
  return server;
}

/** The reason stands before many lines about what it stops, or after them. */
const problems = (lines: readonly string[]): readonly string[] =>
  lines.filter((line) => /level=(warn|error)/i.test(line)).slice(-5);

async function pagesOf(url: string): Promise<string> {
  const alerts = await fetch(`${url}/alerts`);
  await alerts.body?.cancel();
  return alerts.ok ? url : `${url}/classic`;
}

/** Whether it is ready, and not another Prometheus that took the port before ours did. */
async function isOurs(port: number, home: string): Promise<boolean> {
  const ask = (path: string) =>
    fetch(`http://${HOST}:${port}${path}`, { signal: AbortSignal.timeout(2_000) });
  const flags = (await (await ask('/api/v1/status/flags')).json()) as { data: Record<string, string> };
  if (flags.data['config.file'] !== configFile(home)) throw new Error('another Prometheus answers');
  const ready = await ask('/-/ready');
  await ready.body?.cancel();
  return ready.ok;
}
