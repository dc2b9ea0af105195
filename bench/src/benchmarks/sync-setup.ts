import type { JobStores } from '@optout-sync/shared/dead-letters';
import { UnappliedIndex } from '@optout-sync/shared/reconcile';
import type { BenchRedis } from '../harness/bench-redis';
import type { BenchContext } from '../harness/benchmark';
import { openQueues } from '../harness/queues';
import { startSandbox, type Sandbox } from '../harness/sandbox';
import { startWorker } from '../harness/services';

/** Customer.io's documented limits, and a latency as over the internet. */
export const APP_RPS = 10;
export const TRACK_RPS = 100;
export const LATENCY_MS = 50;
export const STEADY_PER_SECOND = 100;

/** The workspace of the published way: the fullest second of the default workspace is then ours alone. */
export const PUBLISHED_WORKSPACE = 'published';

/** The sandbox and its unused people. */
export interface SyncPeople {
  readonly sandbox: Sandbox;
  /** Adds `count` people with new phones to a workspace. Returns the index of the first phone; see `phoneOf`. */
  readonly newPeople: (count: number, workspace?: string) => Promise<number>;
}

/** A worker with its queues. */
export interface SyncSetup extends SyncPeople {
  readonly bench: BenchContext;
  readonly queues: JobStores;
  readonly unapplied: UnappliedIndex;
}

/** Starts a sandbox with Customer.io's documented limits and a latency as over the internet. */
export async function startSyncSandbox({ cores, after }: BenchContext): Promise<SyncPeople> {
  const sandbox = await startSandbox(cores?.others, [
    ...['--app-rps', String(APP_RPS), '--track-rps', String(TRACK_RPS)],
    ...['--latency-ms', String(LATENCY_MS), '--log-requests', '1000000'],
    ...['--workspace', 'default', '--workspace', PUBLISHED_WORKSPACE, '--phone-is-identifier'],
  ]);
  after(() => sandbox.stop());
  let used = 0;
  return {
    sandbox,
    newPeople: async (count, workspace) => {
      const first = used;
      used += count;
      await sandbox.addPeople(first, count, workspace);
      return first;
    },
  };
}

export async function startSyncWorker(
  bench: BenchContext,
  redis: BenchRedis,
  people: SyncPeople,
  prefix: string,
  settings: Readonly<Record<string, string>>,
): Promise<SyncSetup> {
  const queues = openQueues(bench, redis, prefix);
  const { sandbox } = people;
  const cores = bench.cores?.measured;
  const worker = await startWorker({ cores, redisUrl: redis.url, prefix, sandbox, settings });
  bench.after(() => worker.stop());
  return { ...people, bench, queues, unapplied: new UnappliedIndex(redis.client, prefix) };
}
