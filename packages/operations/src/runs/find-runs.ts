import { PassStore, reconcileKey } from '@optout-sync/shared/reconcile';
import { getReplay } from '../dead-letters/replay';
import { OperationError } from '../operation-error';
import type { Stores } from '../stores';
import { operatorRunAsRun, passAsRun, replayAsRun, sweepAsRun, type Run, type RunKind } from './run';

/** How many replays and how many operators' runs the pages before have listed: `<replays>.<others>`. */
const CURSOR = /^(\d{1,9})\.(\d{1,9})$/;

type Found = Pick<Stores, 'queues' | 'operatorRuns' | 'passes' | 'redis' | 'prefix'>;

/**
 * Lists runs of all kinds, the latest first; the sweeps, of which only the latest are stored, are on the first page.
 *
 * @param query.workspaces whose sweeps are listed
 * @param query.kind only runs of this kind
 * @throws {OperationError} `cursor_invalid`
 */
export async function listRuns(
  stores: Found,
  query: {
    readonly workspaces: readonly string[];
    readonly kind?: RunKind | undefined;
    readonly limit: number;
    readonly cursor?: string | undefined;
  },
): Promise<{ readonly runs: readonly Run[]; readonly next: string | undefined }> {
  const { workspaces, kind, limit, cursor = '0.0' } = query;
  const [, replaysBefore, othersBefore] = CURSOR.exec(cursor) ?? [];
  if (replaysBefore === undefined) {
    throw new OperationError('cursor_invalid', 'this is no cursor that a page of runs ended with');
  }
  const lists = (one: RunKind): boolean => kind === undefined || kind === one;
  const [replays, others, sweeps] = await Promise.all([
    lists('replay') ? stores.queues.runs.list(limit + 1, Number(replaysBefore)) : [],
    lists('backfill') || lists('import') ? stores.operatorRuns.list(limit + 1, Number(othersBefore)) : [],
    lists('sweep') && cursor === '0.0' ? sweepsOf(stores, workspaces) : [],
  ]);
  const stored = [...replays.map(replayAsRun), ...others.map(operatorRunAsRun)];
  const page = stored.sort(latestFirst).slice(0, limit);
  const replaysOfPage = page.filter((run) => run.kind === 'replay').length;
  const seen = [Number(replaysBefore) + replaysOfPage, Number(othersBefore) + page.length - replaysOfPage];
  return {
    runs: [...page.filter((run) => lists(run.kind)), ...sweeps].sort(latestFirst),
    next: stored.length > limit ? seen.join('.') : undefined,
  };
}

const latestFirst = (a: Run, b: Run): number => b.startedAt - a.startedAt;

interface RunDetails {
  readonly run: Run;
  readonly skipReasons: Readonly<Record<string, string>>;
}

/**
 * Returns one run, and why dead letters of a replay were not replayed, by id (of 1,000 at most).
 *
 * @throws {OperationError} `run_not_found`, `run_unsupported`
 */
export async function getRun(stores: Found, id: string): Promise<RunDetails> {
  if (id.startsWith('run-')) {
    const { run, skipReasons } = await getReplay(stores, id);
    return { run: replayAsRun(run), skipReasons };
  }
  const run = await findRun(stores, id);
  if (!run) throw new OperationError('run_not_found', 'there is no such run; it may have expired', 'failed');
  return { run, skipReasons: {} };
}

async function findRun(stores: Found, id: string): Promise<Run | undefined> {
  const [, kind, workspace = ''] = /^(pass|sweep)\.([\w-]{1,64})$/.exec(id) ?? [];
  if (kind === 'sweep') return sweepOf(stores, workspace);
  if (kind === 'pass') return passOf(stores, workspace);
  const run = await stores.operatorRuns.get(id);
  return run && operatorRunAsRun(run);
}

async function sweepsOf(stores: Found, workspaces: readonly string[]): Promise<Run[]> {
  const all = workspaces.flatMap((name) => [sweepOf(stores, name), passOf(stores, name)]);
  return (await Promise.all(all)).filter((run) => run !== undefined);
}

async function passOf({ passes }: Pick<Found, 'passes'>, workspace: string): Promise<Run | undefined> {
  const pass = await passes.read(workspace);
  return pass && passAsRun(workspace, pass);
}

async function sweepOf(
  { redis, prefix }: Pick<Found, 'redis' | 'prefix'>,
  workspace: string,
): Promise<Run | undefined> {
  // A worker notes when it first sees a workspace: reading must not.
  if ((await redis.exists(reconcileKey(prefix, workspace, 'pass'))) === 0) return undefined;
  return sweepAsRun(workspace, await new PassStore(redis, prefix, workspace).read(Date.now()));
}
