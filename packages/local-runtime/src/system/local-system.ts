import { WEBHOOK_PATHS } from '@optout-sync/shared/domain';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Env } from '@optout-sync/shared/config';
import { FOLDERS } from '../config/folders';
import type { WantedPort } from '../config/launcher-config';
import type { Plan } from '../config/plan';
import { withSettings } from '../config/with-settings';
import { takeLock } from '../process/lock';
import type { ServiceProcess } from '../process/spawn-service';
import { provideRedis } from '../redis/provide-redis';
import type { ProvidedRedis } from '../redis/provided-redis';
import { childLog } from './child-log';
import { listenOnWantedPorts } from './listen-on-wanted-ports';
import { startListeningService, type ListeningService } from './listening-service';
import { removeKeys } from './remove-keys';
import { OwnRunRecord } from './run-record';
import { startSandbox, type RunningSandbox } from './start-sandbox';

/** The addresses of a running system. */
export interface SystemUrls {
  readonly webhook: string;
  readonly ingestAdmin: string;
  readonly workerAdmin: string;
  /** Undefined when the services find Redis through nodes (sentinel, cluster). */
  readonly redis: string | undefined;
  readonly sandbox: string | undefined;
}

/**
 * The whole system on this machine: Redis, in a demo the Customer.io sandbox, the worker and ingest.
 *
 * It starts once, in that order, and stops in the reverse order: what accepts messages stops first, what stores them
 * last. `stop` may be called at any time, also during the start, and repeatedly.
 */
export class LocalSystem {
  /** Resolves with a report when a part ends although nothing stopped it. */
  readonly failed: Promise<string>;
  private fail: (report: string) => void = () => undefined;
  private readonly stoppers: (() => unknown)[] = [];
  private stopping: Promise<void> | undefined;
  private readonly log: (name: string) => (line: string) => void;
  private readonly say: (line: string) => void;
  private readonly runRecord = new OwnRunRecord(FOLDERS.run);

  /** @param options `say` gets each step in one line; with `verbose` also the logs of all parts */
  constructor(
    private readonly plan: Plan,
    options: { readonly say: (line: string) => void; readonly verbose: boolean },
  ) {
    const { say, verbose } = options;
    this.failed = new Promise((resolve) => (this.fail = resolve));
    this.say = say;
    this.runRecord.write({ prefix: plan.config.prefix });
    this.stoppers.push(() => this.runRecord.remove());
    const suffix = this.runRecord.othersRun() ? `.${process.pid}` : '';
    this.log = (name) => childLog(name, { folder: FOLDERS.logs, suffix, echo: verbose ? say : undefined });
  }

  /** @throws {Error} when a part does not start; `stop` then ends the parts that did */
  async start(): Promise<SystemUrls> {
    const redis = await this.startRedis();
    const sandbox = await this.startSandbox();
    const env = withSettings(this.plan.env, { ...(redis && { REDIS_URL: redis.url }), ...sandbox?.env });
    const worker = await this.startWorker(env);
    const ingest = await this.startIngest(env);
    const webhook = `http://127.0.0.1:${ingest.ports[0]}${WEBHOOK_PATHS.messages}`;
    this.runRecord.write({
      prefix: this.plan.config.prefix,
      redisUrl: redis?.url,
      webhookUrl: webhook,
      account: this.plan.mode === 'demo' ? this.plan.account : undefined,
      sandbox: sandbox?.env,
    });
    return {
      webhook,
      ingestAdmin: ingest.adminUrl,
      workerAdmin: worker.adminUrl,
      redis: redis?.url,
      sandbox: sandbox?.url,
    };
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
    const isDurable = mode === 'real' && config.redisUrl === undefined;
    if (isDurable) this.lockData();
    const redis = await provideRedis({
      url: config.redisUrl,
      dir: isDurable ? FOLDERS.redis : undefined,
      log: this.say,
    });
    this.stoppers.push(() => redis.stop());
    if (mode === 'demo' && redis.provider === 'url') {
      this.stoppers.push(() => removeKeys(redis.url, config.prefix));
    }
    void redis.exited?.then(() => this.ended('redis', []));
    return redis;
  }

  private async startSandbox(): Promise<RunningSandbox | undefined> {
    if (this.plan.mode !== 'demo') return undefined;
    const sandbox = await startSandbox(this.log('sandbox'));
    this.watch(sandbox.service);
    this.say(`sandbox: Customer.io's APIs at ${sandbox.url}`);
    return sandbox;
  }

  private startWorker(env: Env): Promise<ListeningService> {
    const { ports, logLevel } = this.plan.config;
    const onLog = this.log('worker');
    return this.startOn([ports.workerAdmin], ([adminPort = 0]) =>
      startListeningService({
        name: 'worker',
        env: withSettings(env, { WORKER_ADMIN_PORT: String(adminPort) }),
        logLevel,
        onLog,
      }),
    );
  }

  private async startIngest(env: Env): Promise<ListeningService> {
    const { ports, logLevel } = this.plan.config;
    // A demo's spool never mixes with a real one.
    const scratch = this.plan.mode === 'demo' ? await this.scratchFolder() : undefined;
    const onLog = this.log('ingest');
    return this.startOn([ports.webhook, ports.ingestAdmin], ([port = 0, adminPort = 0]) =>
      startListeningService({
        name: 'ingest',
        env: withSettings(env, {
          INGEST_PORT: String(port),
          INGEST_ADMIN_PORT: String(adminPort),
          // No load balancer has to notice the stop first.
          INGEST_DRAIN_SECONDS: env.INGEST_DRAIN_SECONDS || '0',
          ...(scratch !== undefined && { SPOOL_DIR: scratch }),
        }),
        logLevel,
        onLog,
        scratch,
      }),
    );
  }

  /** Starts a service on its wanted ports and watches it. */
  private async startOn(
    wanted: readonly WantedPort[],
    start: (ports: readonly number[]) => Promise<ListeningService>,
  ): Promise<ListeningService> {
    const started = await listenOnWantedPorts(wanted, start, this.say);
    this.watch(started.service);
    this.say(`${started.service.name}: ready, ${started.adminUrl}`);
    return started;
  }

  private watch(service: ServiceProcess): void {
    this.stoppers.push(() => service.stop());
    void service.exited.then(() => this.ended(service.name, service.logs()));
  }

  private ended(name: string, logs: readonly string[]): void {
    if (this.stopping) return;
    const lastLines = logs.slice(-15).map((line) => `  ${line}`);
    this.fail([`${name} ended unexpectedly. Its last lines:`, ...lastLines].join('\n'));
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
