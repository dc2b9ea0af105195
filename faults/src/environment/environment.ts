import { join } from 'node:path';
import { TcpProxy } from '@optout-sync/testkit';
import { System, type Running } from '@optout-sync/testkit/system';
import { ManagedProcess } from './managed-process';

const PRELOAD = join(__dirname, '../../dist/preload');
const HOUR_MS = 3_600_000;

export interface EnvironmentOptions {
  /** The folder with the built services (default: the folder of this repository). */
  readonly services?: string | undefined;
  /** Runs Redis without its append-only file: a mistake in the set-up that the suite must find. */
  readonly withoutAof?: boolean | undefined;
}

/**
 * The system with two ingests and a worker, a TCP proxy on every connection between its parts, and a sandbox with
 * Customer.io's documented limits.
 */
export class Environment {
  private constructor(
    readonly system: System,
    readonly ingests: readonly [ManagedProcess, ManagedProcess],
    readonly worker: ManagedProcess,
    /** Between the workers and Customer.io. */
    readonly customerIo: TcpProxy,
    private readonly proxies: TcpProxy[],
    private readonly addWorker: () => Promise<ManagedProcess>,
    private readonly withoutAof: boolean,
  ) {}

  static async start({ services, withoutAof = false }: EnvironmentOptions = {}): Promise<Environment> {
    const system = await System.start({
      sandbox: { latencyMs: 30 },
      env: {
        LOG_LEVEL: 'warn',
        RECONCILE_PERIOD: '30s',
        RECONCILE_MODE: 'enforce',
        CLOCK_JUMPS_MS: `${String(HOUR_MS)},${String(-HOUR_MS)},0`,
      },
      ...(services === undefined ? {} : { services }),
    });
    const proxies: TcpProxy[] = [];
    const proxyTo = async (url: string): Promise<TcpProxy> => {
      const proxy = await TcpProxy.start({ port: Number(new URL(url).port) });
      proxies.push(proxy);
      return proxy;
    };
    const customerIo = await proxyTo(system.sandbox.url);
    const customerIoUrl = `http://127.0.0.1:${String(customerIo.port)}`;
    const ingest = async (): Promise<ManagedProcess> =>
      startProcess(await proxyTo(system.redis.url), (env) => system.startIngest(env), {
        ...preloading('clock', 'power-cut'),
        SPOOL_DIR: await system.newFolder(),
      });
    const worker = async (): Promise<ManagedProcess> =>
      startProcess(await proxyTo(system.redis.url), (env) => system.startWorker(env), {
        ...preloading('clock'),
        CUSTOMERIO_APP_URL: customerIoUrl,
        CUSTOMERIO_TRACK_URL: customerIoUrl,
      });
    try {
      const [one, two, first] = await Promise.all([ingest(), ingest(), worker()]);
      const environment = new Environment(system, [one, two], first, customerIo, proxies, worker, withoutAof);
      await environment.configureAof();
      return environment;
    } catch (error) {
      await stopAll(system, proxies);
      throw error;
    }
  }

  /** Starts one more worker. */
  startSecondWorker(): Promise<ManagedProcess> {
    return this.addWorker();
  }

  /** Starts Redis again with what it left on disk. */
  async restartRedis(): Promise<void> {
    await this.system.redis.restart();
    await this.configureAof();
  }

  /** The number of jobs that wait or run plus the number of spooled items; 0 when nothing is left to do. */
  async backlog(): Promise<number> {
    const { queues } = this.system;
    const counts = await Promise.all(
      [queues.inbound, queues.syncOf('default')].map((queue) =>
        queue.getJobCounts('waiting', 'active', 'delayed', 'prioritized'),
      ),
    );
    const jobs = counts.flatMap((count) => Object.values(count)).reduce((sum, count) => sum + count, 0);
    return jobs + (await this.system.metric('optout_spool_items'));
  }

  async stop(): Promise<void> {
    await stopAll(this.system, this.proxies);
  }

  private async configureAof(): Promise<void> {
    if (this.withoutAof) await this.system.configureRedis('appendonly', 'no');
  }
}

async function startProcess(
  redis: TcpProxy,
  launch: (env: Record<string, string>) => Promise<Running>,
  settings: Record<string, string>,
): Promise<ManagedProcess> {
  const env = { ...settings, REDIS_URL: `redis://127.0.0.1:${String(redis.port)}` };
  const managed = new ManagedProcess(redis, () => launch(env));
  await managed.start();
  return managed;
}

/** Has Node load these files of `preload/` before the service. */
function preloading(...names: string[]): Record<string, string> {
  return { NODE_OPTIONS: names.map((name) => `--require=${join(PRELOAD, `${name}.js`)}`).join(' ') };
}

async function stopAll(system: System, proxies: readonly TcpProxy[]): Promise<void> {
  for (const proxy of proxies) proxy.heal();
  await system.stop();
  for (const proxy of proxies) await proxy.stop();
}
