import { join } from 'node:path';
import { TcpProxy } from '@optout-sync/testkit';
import { System, type Running } from '@optout-sync/testkit/system';
import { ManagedProcess } from './managed-process';

const PRELOAD = join(__dirname, '../../../dist/faults/preload');
const HOUR_MS = 3_600_000;

export interface EnvironmentOptions {
  /** The folder with the built services, when it is not this repository's. */
  readonly services?: string | undefined;
  /** Runs Redis without its append-only file: a defect of the set-up, to see the suite find it. */
  readonly withoutAof?: boolean | undefined;
}

/** The system with two ingests and a worker, a TCP proxy on every way between its parts, and Customer.io's real limits. */
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
      env: { LOG_LEVEL: 'warn', CLOCK_JUMPS_MS: `${String(HOUR_MS)},${String(-HOUR_MS)},0` },
      ...(services === undefined ? {} : { services }),
    });
    const proxies: TcpProxy[] = [];
    const proxyTo = async (url: string): Promise<TcpProxy> => {
      const proxy = await TcpProxy.start({ port: Number(new URL(url).port) });
      proxies.push(proxy);
      return proxy;
    };
    const customerIo = await proxyTo(system.sandbox.url);
    const seat = async (
      launch: (env: Record<string, string>) => Promise<Running>,
      preloads: readonly string[],
      settings: Record<string, string>,
    ): Promise<ManagedProcess> => {
      const redis = await proxyTo(system.redis.url);
      const env = {
        ...settings,
        REDIS_URL: `redis://127.0.0.1:${String(redis.port)}`,
        NODE_OPTIONS: preloads.map((name) => `--require=${join(PRELOAD, `${name}.js`)}`).join(' '),
      };
      const made = new ManagedProcess(redis, () => launch(env));
      await made.start();
      return made;
    };
    const ingest = async (): Promise<ManagedProcess> =>
      seat((env) => system.startIngest(env), ['clock', 'power-cut'], { SPOOL_DIR: await system.newFolder() });
    const customerIoUrl = `http://127.0.0.1:${String(customerIo.port)}`;
    const worker = (): Promise<ManagedProcess> =>
      seat((env) => system.startWorker(env), ['clock'], {
        CUSTOMERIO_APP_URL: customerIoUrl,
        CUSTOMERIO_TRACK_URL: customerIoUrl,
      });
    try {
      const [one, two, first] = await Promise.all([ingest(), ingest(), worker()]);
      const stage = new Environment(system, [one, two], first, customerIo, proxies, worker, withoutAof);
      await stage.setAof();
      return stage;
    } catch (error) {
      await stop(system, proxies);
      throw error;
    }
  }

  /** One more worker. */
  secondWorker(): Promise<ManagedProcess> {
    return this.addWorker();
  }

  /** Starts Redis again on what it left on disk. */
  async restartRedis(): Promise<void> {
    await this.system.redis.restart();
    await this.setAof();
  }

  /** How many jobs wait or run, and what lies in the spools; 0 when there is nothing left to do. */
  async backlog(): Promise<number> {
    const { queues } = this.system;
    const counts = await Promise.all(
      queues.shards
        .flatMap(({ inbound, syncOf }) => [inbound, syncOf('default')])
        .map((queue) => queue.getJobCounts('waiting', 'active', 'delayed', 'prioritized')),
    );
    const jobs = counts.flatMap((count) => Object.values(count)).reduce((sum, count) => sum + count, 0);
    return jobs + (await this.system.metric('optout_spool_items'));
  }

  async stop(): Promise<void> {
    await stop(this.system, this.proxies);
  }

  private async setAof(): Promise<void> {
    if (this.withoutAof) await this.system.configureRedis('appendonly', 'no');
  }
}

async function stop(system: System, proxies: readonly TcpProxy[]): Promise<void> {
  for (const proxy of proxies) proxy.heal();
  await system.stop();
  for (const proxy of proxies) await proxy.stop();
}
