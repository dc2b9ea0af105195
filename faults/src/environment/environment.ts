import { join } from 'node:path';
import { TcpProxy } from '@optout-sync/testkit';
import { UnappliedIndex } from '@optout-sync/shared/reconcile';
import { System, type Running } from '@optout-sync/testkit/system';
import { CustomerIoAccess, type AccessKind } from './customerio-access';
import { ManagedProcess } from './managed-process';
import { MessageLog } from './message-log';
import { SmallDisk } from './small-disk';
import { TwilioAccess } from './twilio-access';

const PRELOAD = join(__dirname, '../../dist/preload');
const HOUR_MS = 3_600_000;
const SMALL_DISK_MB = 64;

export interface EnvironmentOptions {
  /** The folder with the built services (default: the folder of this repository). */
  readonly services?: string | undefined;
  /** Runs Redis without its append-only file: a mistake in the set-up that the suite must find. */
  readonly withoutAof?: boolean | undefined;
  /** Puts the files of Redis, and the spool of the first ingest, on file systems that can be filled; needs root. */
  readonly smallDisks?: boolean;
  /** How the worker calls Customer.io (default: by its address). */
  readonly access?: AccessKind;
  /** Whether the worker writes opt-outs to Twilio, for every sender of the account. */
  readonly twilio?: boolean;
  /** Whether the worker reads Twilio's message log. */
  readonly messageLog?: boolean;
  /** Settings of every service in addition to those of any scenario. */
  readonly env?: Record<string, string>;
}

interface Parts {
  readonly system: System;
  readonly ingests: readonly [ManagedProcess, ManagedProcess];
  readonly worker: ManagedProcess;
  /** Between the workers and Customer.io. */
  readonly customerIo: TcpProxy;
  readonly access: CustomerIoAccess;
  readonly twilio: TwilioAccess | undefined;
  readonly messageLog: MessageLog | undefined;
  /** Of Redis, and of the first ingest's spool; with `smallDisks`. */
  readonly disks: readonly SmallDisk[];
  readonly addWorker: () => Promise<ManagedProcess>;
}

/**
 * The system with two ingests and a worker, a TCP proxy on every connection between its parts, and a sandbox with
 * Customer.io's documented limits.
 */
export class Environment {
  readonly system: Parts['system'];
  readonly ingests: Parts['ingests'];
  readonly worker: Parts['worker'];
  readonly customerIo: Parts['customerIo'];
  readonly access: Parts['access'];
  /** Missing where nothing is written to Twilio. */
  readonly twilio: Parts['twilio'];

  private constructor(
    private readonly parts: Parts,
    private readonly end: Cleanup,
    private readonly withoutAof: boolean,
  ) {
    const { system, ingests, worker, customerIo, access, twilio } = parts;
    this.system = system;
    this.ingests = ingests;
    this.worker = worker;
    this.customerIo = customerIo;
    this.access = access;
    this.twilio = twilio;
  }

  static async start(options: EnvironmentOptions = {}): Promise<Environment> {
    const end = new Cleanup();
    try {
      const environment = new Environment(await startParts(options, end), end, options.withoutAof ?? false);
      await environment.configureAof();
      return environment;
    } catch (error) {
      await end.run();
      throw error;
    }
  }

  /** Starts one more worker. */
  startSecondWorker(): Promise<ManagedProcess> {
    return this.parts.addWorker();
  }

  /** Twilio's message log. @throws {Error} without `messageLog` */
  get messageLog(): MessageLog {
    const { messageLog } = this.parts;
    if (!messageLog) throw new Error('the scenario reads no message log');
    return messageLog;
  }

  /** The disk of Redis, or of the first ingest's spool. @throws {Error} without `smallDisks` */
  disk(of: 'redis' | 'spool'): SmallDisk {
    const disk = this.parts.disks[of === 'redis' ? 0 : 1];
    if (!disk) throw new Error('the scenario has no small disks');
    return disk;
  }

  /** Starts Redis again with what it left on disk. */
  async restartRedis(): Promise<void> {
    await this.system.redis.restart();
    await this.configureAof();
  }

  /**
   * The number of jobs that wait or run, of spooled items, and of phones that were set early and wait for their outcome without a
   * job; 0 when nothing is left to do.
   */
  async backlog(): Promise<number> {
    const { queues } = this.system;
    const counts = await Promise.all(
      [
        queues.inbound,
        queues.syncOf('default'),
        ...(this.twilio ? [queues.destinationOf('twilio_consents', 'default')] : []),
      ].map((queue) => queue.getJobCounts('waiting', 'active', 'delayed', 'prioritized')),
    );
    const jobs = counts.flatMap((count) => Object.values(count)).reduce((sum, count) => sum + count, 0);
    return jobs + (await this.system.metric('optout_spool_items')) + (await this.setEarly());
  }

  /** The number of phones whose version is written and not applied yet: of the first thousand that wait. */
  private async setEarly(): Promise<number> {
    const { connection, prefix } = this.system;
    const unapplied = new UnappliedIndex(connection, prefix);
    const waiting = await unapplied.list('default', {
      before: Date.now() + HOUR_MS,
      offset: 0,
      limit: 1_000,
    });
    const entries = await Promise.all(waiting.map(({ subject }) => this.system.entry(subject.phone)));
    return entries.filter((entry) => entry && entry.earlyVersion === entry.version).length;
  }

  async stop(): Promise<void> {
    await this.end.run();
  }

  private async configureAof(): Promise<void> {
    if (this.withoutAof) await this.system.configureRedis('appendonly', 'no');
  }
}

/** What stops the parts: the last one that was started first. */
class Cleanup {
  private readonly steps: (() => Promise<unknown>)[] = [];

  add(step: () => Promise<unknown>): void {
    this.steps.unshift(step);
  }

  async run(): Promise<void> {
    for (const step of this.steps.splice(0, Infinity)) await step();
  }
}

async function startParts(options: EnvironmentOptions, end: Cleanup): Promise<Parts> {
  const disks: SmallDisk[] = [];
  while (options.smallDisks && disks.length < 2) {
    const disk = await SmallDisk.mount(SMALL_DISK_MB);
    end.add(() => disk.unmount());
    disks.push(disk);
  }
  const proxies: TcpProxy[] = [];
  end.add(() => Promise.all(proxies.map((proxy) => proxy.stop())));
  const system = await startSystem(options, disks[0]);
  end.add(() => system.stop());
  end.add(() => {
    for (const proxy of proxies) proxy.heal();
    return Promise.resolve();
  });
  const proxyTo = async (url: string): Promise<TcpProxy> => {
    const proxy = await TcpProxy.start({ port: Number(new URL(url).port) });
    proxies.push(proxy);
    return proxy;
  };
  const customerIo = await proxyTo(system.sandbox.url);
  const access = await CustomerIoAccess.open(
    options.access ?? 'address',
    customerIo,
    await system.newFolder(),
  );
  end.add(() => access.stop());
  const twilio = options.twilio ? await TwilioAccess.open(await system.newFolder()) : undefined;
  end.add(async () => twilio?.stop());
  const messageLog = options.messageLog ? await MessageLog.start() : undefined;
  end.add(() => messageLog?.stop() ?? Promise.resolve());
  const ingest = async (disk?: SmallDisk): Promise<ManagedProcess> => {
    const folder = disk ? join(disk.folder, 'spool') : join(await system.newFolder(), 'spool');
    const settings = { ...preloading('clock', 'power-cut'), SPOOL_DIR: folder };
    const proxy = await proxyTo(system.redis.url);
    return startProcess(proxy, (env) => system.startIngest(env), settings, folder);
  };
  const worker = async (): Promise<ManagedProcess> =>
    startProcess(await proxyTo(system.redis.url), (env) => system.startWorker(env), {
      ...preloading('clock', ...access.preloads),
      ...access.env,
      ...twilio?.env,
      ...messageLog?.env,
      CUSTOMERIO_APP_URL: access.url,
      CUSTOMERIO_TRACK_URL: access.url,
    });
  const [one, two, first] = await Promise.all([ingest(disks[1]), ingest(), worker()]);
  return {
    system,
    ingests: [one, two],
    worker: first,
    customerIo,
    access,
    twilio,
    messageLog,
    disks,
    addWorker: worker,
  };
}

function startSystem({ services, env }: EnvironmentOptions, disk: SmallDisk | undefined): Promise<System> {
  return System.start({
    sandbox: { latencyMs: 30 },
    env: {
      LOG_LEVEL: 'warn',
      RECONCILE_PERIOD: '30s',
      RECONCILE_MODE: 'enforce',
      CLOCK_JUMPS_MS: `${String(HOUR_MS)},${String(-HOUR_MS)},0`,
      ...env,
    },
    ...(services === undefined ? {} : { services }),
    ...(disk === undefined ? {} : { redisFolder: join(disk.folder, 'redis') }),
  });
}

async function startProcess(
  redis: TcpProxy,
  launch: (env: Record<string, string>) => Promise<Running>,
  settings: Record<string, string>,
  spoolFolder?: string,
): Promise<ManagedProcess> {
  const env = { ...settings, REDIS_URL: `redis://127.0.0.1:${String(redis.port)}` };
  const managed = new ManagedProcess(redis, () => launch(env), spoolFolder);
  await managed.start();
  return managed;
}

/** Has Node load these files of `preload/` before the service. */
function preloading(...names: string[]): Record<string, string> {
  return { NODE_OPTIONS: names.map((name) => `--require=${join(PRELOAD, `${name}.js`)}`).join(' ') };
}
