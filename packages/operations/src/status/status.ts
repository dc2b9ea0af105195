import type { Routes } from '@optout-sync/shared/config';
import { PassStore, reconcileKey } from '@optout-sync/shared/reconcile';
import { ActivityStore, type Activity } from '@optout-sync/shared/service';
import type { LiveStops } from '@optout-sync/shared/unapplied';
import type { Stores } from '../stores';
import { readLiveStops } from '../unapplied/read-live-stops';

/** The jobs of a queue. */
export interface QueueStatus {
  readonly name: string;
  /** Of live traffic. */
  readonly waiting: number;
  /** Replays, backfills, imports, blocked sends and the sweep. */
  readonly background: number;
  /** An attempt failed, and the next one is due later. */
  readonly delayed: number;
  readonly active: number;
}

export interface WorkspaceStatus {
  readonly name: string;
  /** Opt-outs that people sent and Customer.io does not hold yet. */
  readonly unapplied: LiveStops;
  /** People who differed from the ledger at the last comparison, and were not corrected. */
  readonly drifted: number;
  /** The comparison of the whole ledger; undefined before the first. In ms since 1970. */
  readonly sweep:
    | {
        readonly running: boolean;
        readonly startedAt: number | undefined;
        readonly endedAt: number | undefined;
      }
    | undefined;
}

/** A system at one moment. */
export interface Status extends Activity {
  /** In ms since 1970, by Redis' clock. */
  readonly at: number;
  readonly queues: readonly QueueStatus[];
  readonly workspaces: readonly WorkspaceStatus[];
  readonly deadLetters: { readonly count: number; readonly exact: boolean };
  /** Replay runs that are not over. */
  readonly openRuns: number;
}

/** How long reading what waits in a queue may take. */
const BACKLOG_MS = 500;

/** Reads the state of a system from Redis: what waits, and what its processes reported in the last hour. */
export async function readStatus(stores: Stores, routes: Routes): Promise<Status> {
  const { queues, ledger, redis, prefix } = stores;
  const names = [...new Set(routes.workspaces.values())];
  const at = await ledger.now();
  const { workspaceOf } = routes;
  const liveStops = await readLiveStops(stores, { workspaces: names, workspaceOf }, at, BACKLOG_MS);
  const [activity, deadLetters, open, queueStatus, workspaces] = await Promise.all([
    new ActivityStore(redis, prefix).read(at),
    queues.deadLetters.count({}),
    queues.runs.open(),
    readQueues(stores, names),
    Promise.all(names.map((name) => readWorkspace(stores, name, at, liveStops.get(name)))),
  ]);
  return { at, ...activity, deadLetters, openRuns: open.length, queues: queueStatus, workspaces };
}

async function readQueues({ queues }: Stores, workspaces: readonly string[]): Promise<QueueStatus[]> {
  const { inbound, people, batches, forwards } = queues;
  const all = [inbound, ...workspaces.map((name) => queues.syncOf(name)), people, batches, forwards];
  return Promise.all(
    all.map(async (queue) => {
      const counts = await queue.getJobCounts('waiting', 'prioritized', 'delayed', 'active');
      const { waiting = 0, prioritized = 0, delayed = 0, active = 0 } = counts;
      return { name: queue.name, waiting, background: prioritized, delayed, active };
    }),
  );
}

const NO_STOPS: LiveStops = { count: 0, late: 0, oldest: undefined };

async function readWorkspace(
  { findings, redis, prefix }: Stores,
  name: string,
  at: number,
  unapplied: LiveStops = NO_STOPS,
): Promise<WorkspaceStatus> {
  const counts = await findings.count(name);
  const drifted = Object.values(counts).reduce((sum, count) => sum + count, 0);
  // A worker notes when it first sees a workspace: reading must not.
  const isKnown = (await redis.exists(reconcileKey(prefix, name, 'pass'))) === 1;
  const pass = isKnown ? await new PassStore(redis, prefix, name).read(at) : undefined;
  const sweep = pass && { running: pass.running, startedAt: pass.startedAt, endedAt: pass.endedAt };
  return { name, unapplied, drifted, sweep };
}
