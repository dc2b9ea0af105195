import { WEBHOOK_PATHS } from '@optout-sync/shared/domain';
import { makePrivateFolder } from '@optout-sync/shared/service';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Env } from '@optout-sync/shared/config';
import { FOLDERS } from '../config/folders';
import type { Plan } from '../config/plan';
import { withSettings } from '../config/with-settings';
import type { ScrapeTargets } from '../monitoring/prometheus-config';
import { takeLock } from '../process/lock';
import type { ProvidedRedis } from '../redis/provided-redis';
import { Supervised, type Part } from '../supervisor/supervised';
import { childLog } from './child-log';
import type { ListeningService } from './listening-service';
import { takeLogSuffix } from './log-suffix';
import { removeKeys } from './remove-keys';
import { OwnRunRecord } from './run-record';
import { startSandbox, type RunningSandbox } from './start-sandbox';
import { startTwilioApi } from './start-twilio-api';
import { monitoringPart, startMonitoring } from './system-monitoring';
import { keepsData, provideSystemRedis, redisPart } from './system-redis';
import { startConsole, startIngest, startWorker } from './system-services';

/** The addresses of a running system. */
export interface SystemUrls {
  readonly webhook: string;
  readonly ingestAdmin: string;
  readonly workerAdmin: string;
  /** Where the console is opened, and its private port; undefined where it does not run. */
  readonly console: { readonly pages: string; readonly admin: string } | undefined;
  /** Undefined when the services find Redis through nodes (sentinel, cluster). */
  readonly redis: string | undefined;
  readonly sandbox: string | undefined;
  /** The imitation of Twilio's REST APIs. */
  readonly twilioApi: string | undefined;
  /** Where Prometheus' pages begin; undefined without monitoring. */
  readonly prometheusPages: string | undefined;
}

const MEANWHILE = {
  redis: 'ingest goes on and spools what arrives',
  worker: 'messages wait in Redis',
  ingest: 'webhooks fail, and Twilio goes to the fallback URL',
  console: 'opt-outs go on; only the pages are gone',
  prometheus: 'nothing is recorded, and no alert fires',
} as const;

/**
 * The whole system on this machine: Redis, in a demo the Customer.io sandbox, the worker, ingest, the
 * console and, where it is asked for, Prometheus.
 *
 * It starts once, in that order, and stops in the reverse order: what accepts messages stops first, what stores them
 * last. In between it starts them again when they end, except for the sandbox. `stop` may be called at any time, also
 * during the start, and repeatedly.
 */
export class LocalSystem {
  /** Resolves with a report when the sandbox ends, or another part has ended too often, although nothing stopped it. */
  readonly failed: Promise<string>;
  private fail: (report: string) => void = () => undefined;
  private readonly stoppers: (() => unknown)[] = [];
  private readonly supervised: Supervised[] = [];
  private stopping: Promise<void> | undefined;
  private readonly say: (line: string) => void;
  private runRecord: OwnRunRecord | undefined;
  private logSuffix = '';

  /** @param options `say` gets each step in one line; with `verbose` also the logs of all parts. `mayInstall`: whether Redis
   *   and Prometheus may be installed. `monitoring`: whether Prometheus runs beside the system */
  constructor(
    private readonly plan: Plan,
    private readonly options: {
      readonly say: (line: string) => void;
      readonly verbose: boolean;
      readonly mayInstall: boolean;
      readonly monitoring: boolean;
    },
  ) {
    this.failed = new Promise((resolve) => (this.fail = resolve));
    this.say = options.say;
  }

  /** @throws {Error} when a part does not start; `stop` then ends the parts that did */
  async start(): Promise<SystemUrls> {
    const { mode, config } = this.plan;
    await this.prepareFolders();
    const redis = await this.startRedis();
    const sandbox = await this.startSandbox();
    const twilioApi = await this.startTwilioApi();
    const env = withSettings(this.plan.env, { ...urlOf(redis), ...sandbox?.env, ...twilioApi?.env });
    const worker = await this.startWorker(env);
    const ingest = await this.startIngest(env);
    const console = await this.startConsole(env);
    const prometheusPages = await this.startMonitoring({
      ingest: [new URL(ingest.adminUrl).host],
      worker: [new URL(worker.adminUrl).host],
      console: console ? [new URL(console.admin).host] : [],
    });
    const webhook = `http://${config.hosts.webhook}:${ingest.ports[0]}${WEBHOOK_PATHS.messages}`;
    this.runRecord?.write({
      prefix: config.prefix,
      redisUrl: redis?.url,
      webhookUrl: webhook,
      account: mode === 'demo' ? this.plan.account : undefined,
      sandbox: sandbox && { ...sandbox.env, ...twilioApi?.envFor({ webhook, admin: ingest.adminUrl }) },
    });
    return {
      webhook,
      ingestAdmin: ingest.adminUrl,
      workerAdmin: worker.adminUrl,
      console,
      redis: redis?.url,
      sandbox: sandbox?.url,
      twilioApi: twilioApi?.url,
      prometheusPages,
    };
  }

  /** The parts that are started again when they end, with their process ids where they have one here. */
  parts(): readonly { readonly name: string; readonly pid: number | undefined }[] {
    return this.supervised;
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

  private async prepareFolders(): Promise<void> {
    for (const folder of [FOLDERS.data, FOLDERS.run, FOLDERS.logs]) await makePrivateFolder(folder);
    const record = new OwnRunRecord(FOLDERS.run);
    record.removeStale();
    record.write({ prefix: this.plan.config.prefix });
    this.stoppers.push(() => record.remove());
    this.runRecord = record;
    const logs = takeLogSuffix(FOLDERS.run);
    this.stoppers.push(() => logs.release());
    this.logSuffix = logs.suffix;
  }

  private async startRedis(): Promise<ProvidedRedis | undefined> {
    const { mode, config } = this.plan;
    const { mayInstall } = this.options;
    if (keepsData(this.plan)) this.lockData();
    const redis = await provideSystemRedis(this.plan, this.say, this.log('redis'), mayInstall);
    if (!redis) return undefined;
    const part = redisPart(redis);
    if (part) {
      this.supervise('redis', part, async () => {
        await redis.restart();
        return redisPart(redis) ?? part;
      });
    }
    if (mode === 'demo' && redis.provider === 'url') {
      this.stoppers.push(() => removeKeys(redis.url, config.prefix));
    }
    return redis;
  }

  private async startSandbox(): Promise<RunningSandbox | undefined> {
    if (this.plan.mode !== 'demo') return undefined;
    const sandbox = await startSandbox(this.log('sandbox'));
    const { service, url } = sandbox;
    this.stoppers.push(() => service.stop());
    // It holds the demo's people in memory, so another one would not continue its work.
    void service.exited.then(() => {
      const lines = service.logs().slice(-15);
      if (!this.stopping) this.fail(['sandbox: ended unexpectedly. Its last lines:', ...lines].join('\n  '));
    });
    this.say(`sandbox: Customer.io's APIs at ${url}`);
    return sandbox;
  }

  /** Opt-outs do not need it, so a demo goes on without it. */
  private async startTwilioApi() {
    if (this.plan.mode !== 'demo') return undefined;
    const api = await startTwilioApi(this.plan, this.log('twilio-api'));
    this.stoppers.push(() => api.service.stop());
    return api;
  }

  private async startWorker(env: Env): Promise<ListeningService> {
    const { config } = this.plan;
    const started = await startWorker({ config, env, onLog: this.log('worker'), say: this.say });
    this.supervise('worker', started.service, () => started.restart());
    return started;
  }

  private async startIngest(env: Env): Promise<ListeningService> {
    const { mode, config } = this.plan;
    // A demo's spool never mixes with a real one.
    const scratch = mode === 'demo' ? await this.scratchFolder() : undefined;
    const started = await startIngest({ config, env, onLog: this.log('ingest'), say: this.say }, scratch);
    this.supervise('ingest', started.service, () => started.restart());
    return started;
  }

  /** Runs where it is configured who may use it. */
  private async startConsole(env: Env): Promise<SystemUrls['console']> {
    const { config } = this.plan;
    if (!config.hasConsole) return undefined;
    const started = await startConsole({ config, env, onLog: this.log('console'), say: this.say });
    this.supervise('console', started.service, () => started.restart());
    return { pages: `http://${config.hosts.console}:${started.ports[0]}`, admin: started.adminUrl };
  }

  /** Returns where its pages begin, or undefined when it was not asked for or is not to be had. */
  private async startMonitoring(targets: ScrapeTargets): Promise<string | undefined> {
    if (!this.options.monitoring) return undefined;
    const { mayInstall } = this.options;
    const prometheus = await startMonitoring(this.plan, targets, {
      say: this.say,
      onLog: this.log('prometheus'),
      mayInstall,
    });
    if (!prometheus) return undefined;
    this.supervise('prometheus', monitoringPart(prometheus), async () => {
      await prometheus.restart();
      return monitoringPart(prometheus);
    });
    return prometheus.pages;
  }

  private supervise(name: keyof typeof MEANWHILE, first: Part, restart: () => Promise<Part>): void {
    const supervised = new Supervised(first, {
      name,
      restart,
      meanwhile: MEANWHILE[name],
      say: this.say,
      // Opt-outs depend neither on monitoring nor on the console.
      onGiveUp: name === 'prometheus' || name === 'console' ? this.say : (report) => this.fail(report),
    });
    this.supervised.push(supervised);
    this.stoppers.push(() => supervised.stop());
  }

  /** Opens a part's log; it is closed after the part has been stopped. */
  private log(name: string): (line: string) => void {
    const { say, verbose } = this.options;
    const log = childLog(name, {
      folder: FOLDERS.logs,
      suffix: this.logSuffix,
      echo: verbose ? say : undefined,
    });
    this.stoppers.push(() => log.close());
    return (line) => log.write(line);
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

function urlOf(redis: ProvidedRedis | undefined): Readonly<Record<string, string>> {
  return redis ? { REDIS_URL: redis.url } : {};
}
