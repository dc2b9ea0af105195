import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, onAnyPort, spawnService, type ServiceProcess } from '@optout-sync/local-runtime/process';
import { PrivateData } from './leaks';

/** This repository, seen from the sources as from the built files. */
const ROOT = join(__dirname, '../../../..');
const CLI = join(ROOT, 'packages/cli/dist/main.js');

/** Numbers of nobody, which the command shows where it was given what is none. */
const EXAMPLES = /write it like \+1\d{10}(?: or whatsapp:\+1\d{10})?/g;

/** Generous: other programs may need the machine too. */
const READY_MS = 60_000;

/** A service's process, with its ports. */
export interface Running extends ServiceProcess {
  readonly port: number;
  readonly adminPort: number;
}

/** How a service is started. */
interface ServiceStart {
  readonly descriptors?: number;
  readonly adminPort?: number;
}

/** What a command printed, and its exit code. */
interface CliResult {
  readonly code: number;
  readonly out: string;
  readonly error: string;
}

interface RunningCli {
  readonly ended: Promise<CliResult>;
  /** What it has printed to standard error so far. */
  errors(): string;
  kill(signal: NodeJS.Signals): boolean;
}

/** The processes of a system and the folders that they use. */
export class Services {
  protected readonly running: Running[] = [];
  /** Every line that any service printed. */
  readonly logLines: string[] = [];
  /** What nobody may find in logs, metrics, traces and errors. */
  protected readonly privateData = new PrivateData();
  /** The lines of metrics, traces and errors that were seen. */
  private readonly otherLines = new Set<string>();
  private readonly folders: string[] = [];

  /**
   * @param env the settings of every service
   * @param folder the folder with the built services
   */
  constructor(
    readonly env: Readonly<NodeJS.ProcessEnv>,
    private readonly folder = join(ROOT, 'services'),
  ) {
    this.privateData.addSettings(env);
  }

  /**
   * Starts an ingest, without a drain delay and with its own spool unless `env` names another ingest's SPOOL_DIR.
   *
   * @param start.descriptors how many descriptors it may have open
   * @param start.adminPort its private port (default: any)
   */
  async startIngest(env: Record<string, string> = {}, start: ServiceStart = {}): Promise<Running> {
    const SPOOL_DIR = env.SPOOL_DIR ?? (await this.newFolder());
    const settings = (port: number, adminPort: number): Record<string, string> => ({
      INGEST_DRAIN_SECONDS: '0',
      ...env,
      SPOOL_DIR,
      INGEST_PORT: String(port),
      INGEST_ADMIN_PORT: String(adminPort),
    });
    return this.spawn('ingest', settings, start);
  }

  startWorker(env: Record<string, string> = {}): Promise<Running> {
    return this.spawn('worker', (_, adminPort) => ({ ...env, WORKER_ADMIN_PORT: String(adminPort) }));
  }

  /** Starts a console. `env` says who may log in. */
  startConsole(env: Record<string, string>): Promise<Running> {
    return this.spawn('console', (port, adminPort) => ({
      ...env,
      CONSOLE_PORT: String(port),
      CONSOLE_ADMIN_PORT: String(adminPort),
    }));
  }

  /** Runs the operators' command in its own process. */
  cli(args: readonly string[], changes: Record<string, string> = {}): Promise<CliResult> {
    return this.startCli(args, changes).ended;
  }

  /** Starts the command, to be interrupted. */
  startCli(args: readonly string[], changes: Record<string, string> = {}): RunningCli {
    const env = { ...process.env, ...this.env, ...changes };
    this.privateData.addSettings({ ...this.env, ...changes });
    let kill: RunningCli['kill'] = () => false;
    let errors = '';
    const ended = new Promise<CliResult>((resolve) => {
      const child = execFile(process.execPath, [CLI, ...args], { env }, (failed, out, error) => {
        this.mustBePrivate(error.replaceAll(EXAMPLES, ''));
        resolve({ code: failed ? Number(failed.code ?? 1) : 0, out, error });
      });
      child.stderr?.on('data', (text: string) => (errors += text));
      kill = (signal) => child.kill(signal);
    });
    return { ended, errors: () => errors, kill };
  }

  /** The sum of a metric over all running services, of the series whose name and labels hold all these texts. */
  async metric(name: string, ...labels: string[]): Promise<number> {
    const lines = (await this.metricPages()).flatMap((page) => page.split('\n'));
    return lines
      .filter((line) => line.startsWith(`${name}{`) && labels.every((label) => line.includes(label)))
      .reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
  }

  /** A folder that is removed with the system. */
  async newFolder(): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), 'optout-sync-e2e-'));
    this.folders.push(folder);
    return folder;
  }

  /** Searches a text for private data when the system stops, such as an answer or what a receiver of traces got. */
  mustBePrivate(text: string): void {
    for (const line of text.split('\n')) this.otherLines.add(line);
  }

  /** The lines with private data in them: of logs, of metrics, of errors of the command, and of what else a test has added. */
  leaks(): string[] {
    return this.privateData.leaksIn([...this.logLines, ...this.otherLines]);
  }

  /**
   * Every test of a system ends with this.
   *
   * @throws {Error} when a log line or a metric of any service, or an error of the command, holds private data
   */
  protected assertPrivate(): void {
    const leaks = this.leaks();
    if (leaks.length > 0) {
      throw new Error(`private data in logs, metrics or errors:\n${leaks.slice(0, 5).join('\n')}`);
    }
  }

  /** The metrics of all services that run and answer; the names and labels of each are searched at the end. */
  protected async metricPages(timeoutMs = READY_MS): Promise<string[]> {
    return Promise.all(
      this.running
        .filter(({ ended }) => !ended)
        .map(async ({ adminPort }) => {
          const signal = AbortSignal.timeout(timeoutMs);
          const page = await (
            await fetch(`http://127.0.0.1:${String(adminPort)}/metrics`, { signal })
          ).text();
          // Here, so that one that does not answer leaves out no other.
          for (const line of page.split('\n')) this.otherLines.add(line.slice(0, line.lastIndexOf(' ')));
          return page;
        }),
    );
  }

  protected stopServices(): Promise<unknown> {
    return Promise.all(this.running.map((service) => service.stop()));
  }

  protected async removeFolders(): Promise<void> {
    for (const folder of this.folders) await rm(folder, { recursive: true, force: true });
  }

  private async spawn(
    name: string,
    settings: (port: number, adminPort: number) => Record<string, string>,
    { adminPort: ownPort, ...limits }: ServiceStart = {},
  ): Promise<Running> {
    const running = await onAnyPort(undefined, async (port) => {
      const adminPort = ownPort ?? (await freePort());
      const env = { ...this.env, ...settings(port, adminPort) };
      this.privateData.addSettings(env);
      const service = await spawnService({
        name,
        entry: join(this.folder, name, 'dist/main.js'),
        env,
        readyUrl: `http://127.0.0.1:${String(adminPort)}/readyz`,
        readyTimeoutMs: READY_MS,
        onLog: (line) => {
          this.logLines.push(line);
        },
        ...limits,
      });
      // A spread would freeze the service's getter.
      return Object.assign(Object.create(service) as ServiceProcess, { port, adminPort });
    });
    this.running.push(running);
    return running;
  }
}
