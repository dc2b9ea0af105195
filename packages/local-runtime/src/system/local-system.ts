import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Env } from '@optout-sync/shared/config';
import type { Plan } from '../config/plan';
import { withSettings } from '../config/with-settings';
import { FOLDERS, PROGRAMS } from '../folders';
import { takeLock } from '../process/lock';
import { ServiceStartError, spawnService, type Service } from '../process/spawn-service';
import { provideRedis } from '../redis/provide-redis';
import type { ProvidedRedis } from '../redis/provided-redis';
import { childLog } from './child-log';
import { choosePort } from './choose-port';
import { inTurn } from './port-turn';
import { removeKeys } from './remove-keys';
import { RunFile } from './run-file';
import { startSandbox } from './start-sandbox';

/** Where a running system can be reached. */
export interface SystemUrls {
  readonly webhook: string;
  readonly ingestAdmin: string;
  readonly workerAdmin: string;
  /** Undefined when the services find Redis by themselves (sentinel, cluster). */
  readonly redis: string | undefined;
  readonly sandbox: string | undefined;
}

const TRIES_FOR_A_PORT = 3;

/**
 * The whole system on this machine: Redis, the Customer.io sandbox (demo), worker and ingest.
 *
 * Started once in that order, stopped in the reverse: what takes messages goes first, what keeps them last.
 * `stop` may be called at any time, also while it starts, and as often as one likes.
 */
export class LocalSystem {
  /** Settles with a report when a part ends that nobody told to. */
  readonly failed: Promise<string>;
  private fail: (report: string) => void = () => undefined;
  private readonly stoppers: (() => unknown)[] = [];
  private stopping: Promise<void> | undefined;
  private readonly log: (name: string) => (line: string) => void;
  private readonly say: (line: string) => void;
  private readonly runFile = new RunFile(FOLDERS.run);

  constructor(
    private readonly plan: Plan,
    { say, verbose }: { readonly say: (line: string) => void; readonly verbose: boolean },
  ) {
    this.failed = new Promise((resolve) => (this.fail = resolve));
    this.say = say;
    this.runFile.write({ prefix: plan.config.prefix });
    this.stoppers.push(() => this.runFile.remove());
    const suffix = this.runFile.othersRun() ? `.${process.pid}` : '';
    this.log = (name) => childLog(name, { folder: FOLDERS.logs, suffix, echo: verbose ? say : undefined });
  }

  /** @throws Error when a part does not come up; what did is left for `stop`. */
  async start(): Promise<SystemUrls> {
    const redis = await this.startRedis();
    const sandbox = await this.startSandbox();
    const env = withSettings(this.plan.env, { ...(redis && { REDIS_URL: redis.url }), ...sandbox?.env });
    const workerAdmin = await this.startWorker(env);
    const { webhook, ingestAdmin } = await this.startIngest(env);
    this.runFile.write({
      prefix: this.plan.config.prefix,
      redisUrl: redis?.url,
      webhookUrl: webhook,
      account: this.plan.mode === 'demo' ? this.plan.account : undefined,
    });
    return { webhook, ingestAdmin, workerAdmin, redis: redis?.url, sandbox: sandbox?.url };
  }

  stop(): Promise<void> {
    this.stopping ??= this.stopAll();
    return this.stopping;
  }

  private async stopAll(): Promise<void> {
    for (let stop = this.stoppers.pop(); stop; stop = this.stoppers.pop()) {
      try {
        await stop();
      } catch (error) {
        this.say(`while stopping: ${(error as Error).message}`);
      }
    }
  }

  private async startRedis(): Promise<ProvidedRedis | undefined> {
    const { mode, config } = this.plan;
    if (config.redisMode !== 'standalone') return undefined;
    const keeps = mode === 'real' && config.redisUrl === undefined;
    if (keeps) this.lockData();
    const redis = await provideRedis({
      url: config.redisUrl,
      dir: keeps ? FOLDERS.redis : undefined,
      log: this.say,
    });
    this.stoppers.push(() => redis.stop());
    if (mode === 'demo' && redis.provider === 'url') {
      this.stoppers.push(() => removeKeys(redis.url, config.prefix));
    }
    void redis.exited?.then(() => this.ended('redis', []));
    return redis;
  }

  private async startSandbox() {
    if (this.plan.mode !== 'demo') return undefined;
    const sandbox = await startSandbox(this.log('sandbox'));
    this.watch(sandbox.service);
    this.say(`sandbox: a stand-in for Customer.io at ${sandbox.url}`);
    return sandbox;
  }

  private async startWorker(env: Env): Promise<string> {
    const { ports } = this.plan.config;
    return this.onFreePorts(async () => {
      const port = await choosePort(ports.workerAdmin, this.say);
      const admin = `http://127.0.0.1:${port}`;
      await this.spawn('worker', withSettings(env, { WORKER_ADMIN_PORT: String(port) }), admin);
      return admin;
    });
  }

  private async startIngest(env: Env): Promise<Pick<SystemUrls, 'webhook' | 'ingestAdmin'>> {
    const { mode, config } = this.plan;
    // Where messages are spooled, a demo's never mix with real ones.
    const scratch = mode === 'demo' ? await this.scratchFolder() : undefined;
    return this.onFreePorts(async () => {
      const port = await choosePort(config.ports.webhook, this.say);
      const adminPort = await choosePort(config.ports.ingestAdmin, this.say);
      const [base, admin] = [`http://127.0.0.1:${port}`, `http://127.0.0.1:${adminPort}`];
      const own = {
        INGEST_PORT: String(port),
        INGEST_ADMIN_PORT: String(adminPort),
        // No load balancer has to notice first, and whoever pressed Ctrl-C waits.
        INGEST_DRAIN_SECONDS: env.INGEST_DRAIN_SECONDS || '0',
      };
      const demo = mode === 'demo' && { PUBLIC_URL: base };
      const spool = scratch !== undefined && { SPOOL_DIR: scratch };
      await this.spawn('ingest', withSettings(env, { ...own, ...demo, ...spool }), admin, scratch);
      return { webhook: `${base}/webhooks/twilio/messages`, ingestAdmin: admin };
    });
  }

  private async spawn(name: 'ingest' | 'worker', env: Env, admin: string, scratch?: string): Promise<void> {
    const service = await spawnService({
      name,
      entry: PROGRAMS[name],
      env,
      cwd: FOLDERS.root,
      scratch,
      readyUrl: `${admin}/readyz`,
      onLog: this.log(name),
    });
    this.watch(service);
    this.say(`${name}: ready, ${admin}`);
  }

  /** Any program may take a port between our look and our child's listening on it. */
  private async onFreePorts<T>(start: () => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries++) {
      try {
        return await inTurn(start);
      } catch (error) {
        const taken = error instanceof ServiceStartError && /EADDRINUSE|already in use/.test(error.message);
        if (!taken || tries === TRIES_FOR_A_PORT) throw error;
      }
    }
  }

  private watch(service: Service): void {
    this.stoppers.push(() => service.stop());
    void service.exited.then(() => this.ended(service.name, service.logs()));
  }

  private ended(name: string, logs: readonly string[]): void {
    if (this.stopping) return;
    this.fail(
      [`${name} ended unexpectedly. Its last lines:`, ...logs.slice(-15).map((line) => `  ${line}`)].join(
        '\n',
      ),
    );
  }

  private lockData(): void {
    const lock = takeLock(`${FOLDERS.redis}.lock`, 'data/redis');
    this.stoppers.push(() => lock.release());
  }

  private async scratchFolder(): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), 'optout-sync-spool-'));
    this.stoppers.push(() => rm(folder, { recursive: true, force: true }));
    return folder;
  }
}
