import type { Routes } from '@optout-sync/shared/config';
import { PassStore, reconcileKey } from '@optout-sync/shared/reconcile';
import { wrongTypeKey } from '@optout-sync/shared/redis';
import { ActivityStore, type Activity } from '@optout-sync/shared/service';
import type { LiveStops, LiveStopsByWorkspace } from '@optout-sync/shared/unapplied';
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
  /** Keys of ours that hold something else in Redis. What is read from them is missing, and counts as 0. */
  readonly damagedKeys: readonly string[];
  /** Messages of the last 24 hours to people who had opted out of their sender. */
  readonly sentAfter: number;
}

const DAY_MS = 86_400_000;

/** How long reading what waits in a queue may take. */
const BACKLOG_MS = 500;

/**
 * Reads the state of a system from Redis: what waits, and what its processes reported in the last hour. A part that cannot be read since
 * another program wrote its key is left out.
 */
export async function readStatus(stores: Stores, routes: Routes): Promise<Status> {
  const { queues, ledger, redis, prefix } = stores;
  const names = [...new Set(routes.workspaces.values())];
  const at = await ledger.now();
  const { workspaceOf } = routes;
  const damaged = new Set<string>();
  const partOf = <Part>(reading: Promise<Part>, missing: Part): Promise<Part> =>
    reading.catch((error: unknown) => {
      const key = wrongTypeKey(error);
      if (key === undefined) throw error;
      damaged.add(key);
      return missing;
    });
  const stops = readLiveStops(stores, { workspaces: names, workspaceOf }, at, BACKLOG_MS);
  const liveStops = await partOf<LiveStopsByWorkspace>(stops, new Map());
  const [activity, deadLetters, open, sentAfter, queueStatus, workspaces] = await Promise.all([
    partOf<Activity>(new ActivityStore(redis, prefix).read(at), NO_ACTIVITY),
    partOf(queues.deadLetters.count({}), { count: 0, exact: false }),
    partOf<readonly unknown[]>(queues.runs.open(), []),
    partOf(stores.sentAfter.count('same_sender', at - DAY_MS), 0),
    Promise.all(queuesOf(stores, names).map((queue) => partOf(readQueue(queue), emptyQueue(queue)))),
    Promise.all(
      names.map((name) => {
        const unapplied = liveStops.get(name) ?? NO_STOPS;
        const missing = { name, unapplied, drifted: 0, sweep: undefined };
        return partOf(readWorkspace(stores, name, at, unapplied), missing);
      }),
    ),
  ]);
  const openRuns = open.length;
  return {
    at,
    ...activity,
    deadLetters,
    openRuns,
    sentAfter,
    queues: queueStatus,
    workspaces,
    damagedKeys: [...damaged],
  };
}

const NO_ACTIVITY: Activity = { counts: { ingest: {}, worker: {} }, instances: [] };

type CountedQueue = Pick<Stores['queues']['inbound'], 'name' | 'getJobCounts'>;

function queuesOf({ queues }: Stores, workspaces: readonly string[]): CountedQueue[] {
  const { inbound, people, batches, forwards } = queues;
  return [inbound, ...workspaces.map((name) => queues.syncOf(name)), people, batches, forwards];
}

async function readQueue(queue: CountedQueue): Promise<QueueStatus> {
  const counts = await queue.getJobCounts('waiting', 'prioritized', 'delayed', 'active');
  const { waiting = 0, prioritized = 0, delayed = 0, active = 0 } = counts;
  return { name: queue.name, waiting, background: prioritized, delayed, active };
}

const emptyQueue = ({ name }: { readonly name: string }): QueueStatus => ({
  ...{ name, waiting: 0, background: 0, delayed: 0, active: 0 },
});

const NO_STOPS: LiveStops = { count: 0, late: 0, oldest: undefined };

async function readWorkspace(
  { findings, redis, prefix }: Stores,
  name: string,
  at: number,
  unapplied: LiveStops,
): Promise<WorkspaceStatus> {
  const counts = await findings.count(name);
  const drifted = Object.values(counts).reduce((sum, count) => sum + count, 0);
  // A worker notes when it first sees a workspace: reading must not.
  const isKnown = (await redis.exists(reconcileKey(prefix, name, 'pass'))) === 1;
  const pass = isKnown ? await new PassStore(redis, prefix, name).read(at) : undefined;
  const sweep = pass && { running: pass.running, startedAt: pass.startedAt, endedAt: pass.endedAt };
  return { name, unapplied, drifted, sweep };
}
