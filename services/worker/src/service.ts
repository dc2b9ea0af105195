import { Disposer, reportActivity, startAdminServer, type Service } from '@optout-sync/shared/service';
import type { WorkerConfig } from '@optout-sync/shared/config';
import { startConsumers } from './consumers';
import { createBaseContext, createContext, type Lifetime, type WorkerOverrides } from './context';
import { startPersonLooks } from './people/start-person-looks';
import { checkHealth, checkReadiness, type StartState } from './readiness';
import { startReconcilers } from './reconcile/start-reconcilers';
import { resumeRuns } from './replay/replay-job';
import { startSentCheck } from './sent-check/start-sent-check';
import { moveShards } from './upgrade/move-shards';
import { checkAllAccess } from './workspace/check-access';
import { watchStoredNames } from './workspace/watch-stored-names';

/** The port it listens on; of interest when the configuration says 0, any. */
interface WorkerPorts {
  readonly adminPort: number;
}

/**
 * The worker service.
 *
 * *Created*: holds nothing. *Starting*: entered by `start()`; `/readyz` reports what it waits for. *Consuming*: processes
 * jobs. *Stopped*: entered by `stop()`, and when the start fails; everything is released.
 */
export class Worker implements Service {
  private readonly lifetime: Lifetime = { stopping: new AbortController(), disposer: new Disposer() };
  private starting: Promise<WorkerPorts> | undefined;
  private stopping: Promise<void> | undefined;

  private constructor(
    private readonly config: WorkerConfig,
    private readonly overrides: WorkerOverrides,
  ) {}

  static create(config: WorkerConfig, overrides: WorkerOverrides = {}): Worker {
    return new Worker(config, overrides);
  }

  /**
   * Waits for Redis, checks the access to Customer.io, then consumes jobs. When Customer.io cannot be reached it starts
   * anyway, since jobs wait for it by themselves.
   *
   * @throws {ConfigError} when Customer.io rejects the keys or the region of every workspace, or when durability is
   *   required and Redis may lose what it acknowledges
   * @throws when the port is in use, or when the worker is stopped before it has started
   */
  start(): Promise<WorkerPorts> {
    this.starting ??= start(this.config, this.lifetime, this.overrides).catch(async (error: unknown) => {
      await this.release();
      throw error;
    });
    return this.starting;
  }

  /** Ends all waiting, lets active jobs end or go back to their queue, and releases everything. */
  stop(): Promise<void> {
    this.lifetime.stopping.abort();
    const release = () => this.release();
    this.stopping ??= Promise.resolve(this.starting).then(release, release);
    return this.stopping;
  }

  private release(): Promise<void> {
    this.lifetime.stopping.abort();
    return this.lifetime.disposer.dispose();
  }
}

async function start(
  config: WorkerConfig,
  lifetime: Lifetime,
  overrides: WorkerOverrides,
): Promise<WorkerPorts> {
  const { stopping, disposer } = lifetime;
  stopping.signal.throwIfAborted();
  const base = createBaseContext(config, lifetime, overrides);
  let state: StartState = { name: 'starting', waitingFor: 'Redis' };
  const admin = await startAdminServer({
    port: config.adminPort,
    host: config.adminHost,
    registry: base.registry,
    healthz: () => Promise.resolve(checkHealth(base)),
    readyz: () => checkReadiness(base, state),
  });
  disposer.add(() => admin.close());

  const context = await createContext(base, lifetime);
  state = { name: 'starting', waitingFor: 'the check of the access to Customer.io' };
  const workspaces = [...context.workspaces.values()];
  await checkAllAccess(workspaces, context.telemetry);
  stopping.signal.throwIfAborted();
  startConsumers(context);
  disposer.add(resumeRuns(context));
  const { redis, registry } = context;
  disposer.add(reportActivity({ redis, registry, prefix: config.redis.prefix, service: 'worker' }));
  disposer.add(moveShards(context, overrides.lookForShardsMs));
  disposer.add(startReconcilers(context));
  disposer.add(watchStoredNames({ ...context, prefix: config.redis.prefix, served: context.workspaces }));
  disposer.add(startPersonLooks(context));
  disposer.add(startSentCheck(context));
  state = { name: 'consuming', context };
  const { port: adminPort } = admin;
  base.log.info({ adminPort, workspaces: workspaces.map(({ name }) => name) }, 'worker consumes jobs');
  return { adminPort };
}
