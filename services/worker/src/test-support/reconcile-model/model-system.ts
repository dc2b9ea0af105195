import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import {
  startCustomerIoSandbox,
  type CustomerIoSandbox,
  type SandboxOptions,
} from '@optout-sync/customerio-sandbox';
import { waitFor } from '@optout-sync/local-runtime/process';
import { openJobStores, type JobStores } from '@optout-sync/shared/dead-letters';
import type { ConsentPolicy, Subject } from '@optout-sync/shared/domain';
import { Ledger } from '@optout-sync/shared/ledger';
import { closeQueues, isSyncQueued } from '@optout-sync/shared/queues';
import { UnappliedIndex } from '@optout-sync/shared/reconcile';
import { createLogger } from '@optout-sync/shared/service';
import { readWorkerConfig } from '@optout-sync/shared/config';
import type { ReconcileTimes } from '../../reconcile/times';
import { Worker } from '../../service';
import { FIRST_LOOK_MS, ReconcilerState } from './reconciler-state';
import { LIMITED, WORKSPACES, writeConfig } from './workspaces';

/** How long after our own write another value counts as lag, in ms. */
const LAG_MS = 2_500;
/** How long search and reads of Customer.io lag while they do, in ms. */
const VISIBLE_AFTER_MS = 2_000;
/** Sweeps of a worker. `once`: one pass from now on, and no other for a while. */
export type Sweeps = 'off' | 'often' | 'once';
const PERIODS: Readonly<Record<Sweeps, string>> = { off: 'off', often: '2s', once: '10s' };

/** Network delay may make one more request arrive within a second; so may the process, which the sandbox shares. */
const LATE_REQUESTS = 2;

const TIMES: Partial<ReconcileTimes> = {
  roundMs: 50,
  leaseMs: 2_000,
  lagMs: LAG_MS,
  lookDelaysMs: [FIRST_LOOK_MS, 86_400_000],
  unappliedEveryMs: 100,
  unappliedAfterMs: 300,
};

/**
 * A worker in this process on real Redis, and the sandbox of Customer.io over HTTP.
 *
 *   stopped  jobs stay in Redis. -> running by `startWorker`
 *   running  -> stopped by `stopWorker`: active jobs end or go back to their queue
 */
export class ModelSystem {
  readonly workspaces: readonly string[] = WORKSPACES.map(({ name }) => name);
  readonly unapplied: UnappliedIndex;
  readonly reconciler: ReconcilerState;
  private worker: Worker | undefined;
  private isLagging = false;

  private constructor(
    readonly sandbox: CustomerIoSandbox,
    private readonly redis: Redis,
    private readonly prefix: string,
    readonly queues: JobStores,
    readonly ledger: Ledger,
    private readonly folder: string,
  ) {
    this.unapplied = new UnappliedIndex(redis, prefix);
    this.reconciler = new ReconcilerState(redis, prefix, this.workspaces);
  }

  static async start(options: SandboxOptions): Promise<ModelSystem> {
    const sandbox = await startCustomerIoSandbox({
      appRps: 0,
      trackRps: 0,
      ...options,
      workspaces: WORKSPACES.map(({ name }) => ({ name })),
    });
    const prefix = `test-${randomUUID()}`;
    const redis = new Redis(process.env.TEST_REDIS_URL ?? '', { maxRetriesPerRequest: null });
    const queues = openJobStores(redis, prefix);
    const folder = mkdtempSync(join(tmpdir(), 'reconcile-model-'));
    return new ModelSystem(sandbox, redis, prefix, queues, new Ledger(redis, { prefix }), folder);
  }

  /** Whether search and reads may not see the latest changes. */
  get lags(): boolean {
    return this.isLagging;
  }

  /** Starts a worker. @param policies by workspace */
  async startWorker(policies: ReadonlyMap<string, ConsentPolicy>, sweeps: Sweeps): Promise<void> {
    if (sweeps === 'once') await this.reconciler.forgetPasses();
    const config = readWorkerConfig({
      REDIS_URL: process.env.TEST_REDIS_URL,
      QUEUE_PREFIX: this.prefix,
      WORKER_ADMIN_PORT: '0',
      RECONCILE_PERIOD: PERIODS[sweeps],
      RECONCILE_MODE: 'enforce',
      OPTOUT_CONFIG: writeConfig(this.folder, this.sandbox, policies),
    });
    const log = createLogger({ service: 'worker', level: 'warn' }, { write: () => undefined });
    this.worker = Worker.create(config, { log, reconcile: TIMES });
    await this.worker.start();
  }

  async stopWorker(): Promise<void> {
    await this.worker?.stop();
    this.worker = undefined;
  }

  /** From now on search and reads see changes late. */
  lag(): void {
    this.isLagging = true;
    for (const workspace of this.sandbox.workspaces()) {
      workspace.lagIndex(VISIBLE_AFTER_MS);
      workspace.lagReads(VISIBLE_AFTER_MS);
    }
  }

  /** From now on search and reads see everything at once. */
  catchUp(): void {
    for (const workspace of this.sandbox.workspaces()) {
      workspace.lagIndex(0);
      workspace.catchUpIndex();
      workspace.lagReads(0);
    }
    this.isLagging = false;
  }

  /** While paused, syncs are enqueued and not run. */
  async pauseSyncs(isPaused: boolean): Promise<void> {
    for (const queue of this.syncQueues()) await (isPaused ? queue.pause() : queue.resume());
  }

  /** Removes the sync job of a number from Redis, unless there is none or it runs. */
  async loseSync(subject: Subject): Promise<void> {
    const queue = this.queues.syncOf(subject.workspace);
    const id = await queue.getDeduplicationJobId(`${subject.channel}|${subject.phone}`);
    // A job that runs is locked and stays.
    if (id !== null) await queue.remove(id).catch(() => 0);
  }

  isSyncQueued(subject: Subject): Promise<boolean> {
    return isSyncQueued(this.queues, subject);
  }

  /**
   * Runs all open second looks now, as if their time had come.
   *
   * @param loses the numbers whose sync job vanishes once it is asked for
   */
  async lookAgain(loses: readonly Subject[]): Promise<void> {
    await this.pauseSyncs(true);
    await this.reconciler.callAllLooks();
    for (const subject of loses) await this.loseSync(subject);
    await this.pauseSyncs(false);
    await this.reconciler.looksEnd();
  }

  /** Waits until a write of the worker no longer counts as recent. */
  async lagPasses(): Promise<void> {
    const from = await this.ledger.now();
    await waitFor(async () => (await this.ledger.now()) > from + LAG_MS, { what: 'the lag to pass' });
  }

  /** The numbers whose sync waits in the live lane. */
  async waitingLive(): Promise<Subject[]> {
    const jobs = await Promise.all(this.syncQueues().map((queue) => queue.getJobs('wait')));
    return jobs.flat().flatMap(({ priority, data }) => (priority > 0 ? [] : [data.payload]));
  }

  /** Broken limits, one sentence each. */
  async checkLimits(): Promise<string[]> {
    const created = this.sandbox.workspaces().flatMap((workspace) => workspace.createdPeople());
    const { count } = await this.queues.deadLetters.count({});
    const { maxPerSecond } = this.sandbox.workspace(LIMITED.name).rates().app;
    return [
      ...created.map(({ cioId }) => `${cioId} was created`),
      ...(count === 0 ? [] : [`there are ${count} dead letters`]),
      ...(maxPerSecond <= LIMITED.appRps + LATE_REQUESTS ? [] : [`${maxPerSecond} App requests in a second`]),
    ];
  }

  async stop(): Promise<void> {
    await this.stopWorker();
    await closeQueues(this.queues);
    this.redis.disconnect();
    await this.sandbox.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private syncQueues() {
    return this.workspaces.map((name) => this.queues.syncOf(name));
  }
}
