import type { WorkerConfig } from '@optout-sync/shared/config';
import { reconcileKey } from '@optout-sync/shared/reconcile';
import { readStoredNames } from '@optout-sync/shared/stored-names';
import { LATE_MS } from '@optout-sync/shared/unapplied';
import { describeUnserved } from '../config-check/stored-names';
import type { Stores } from '../stores';
import { readLiveStops } from '../unapplied/read-live-stops';
import { duration } from './duration';
import { ok, problem, type Finding } from './finding';

type Deps = Pick<Stores, 'queues' | 'findings' | 'redis' | 'prefix'>;
type Config = Pick<WorkerConfig, 'workspaces' | 'workspaceOf' | 'reconcile'>;

/** In ms, of reading the backlog. */
const READ_MS = 3_000;
/** A sweep takes its time: only one that ended so many periods ago is overdue. */
const OVERDUE_PERIODS = 2;
const HOUR_MS = 3_600_000;

/** Checks what waits in Redis: queues, dead letters, drift and the latest sweep. @throws {Error} when Redis stops answering */
export async function checkQueues(deps: Deps, config: Config, now: number): Promise<Finding[]> {
  const names = config.workspaces.map(({ name }) => name);
  return [
    await checkWorkers(deps),
    ...(await checkUnapplied(deps, config, now)),
    await checkDeadLetters(deps, now),
    ...(await Promise.all(names.map((name) => checkDrift(deps, name)))),
    ...(await Promise.all(names.map((name) => checkSweep(deps, name, config.reconcile.periodMs, now)))),
    ...(await checkStoredNames(deps, names)),
  ];
}

async function checkWorkers({ queues }: Deps): Promise<Finding> {
  const [workers, waiting] = await Promise.all([
    queues.inbound.getWorkersCount(),
    queues.inbound.getJobCountByTypes('waiting', 'prioritized', 'delayed'),
  ]);
  const jobs = `${String(waiting)} jobs wait in inbound-events`;
  return workers === 0
    ? problem('queues', 'no_worker', `no worker is connected; ${jobs}`)
    : ok('queues', `a worker is connected; ${jobs}`);
}

async function checkUnapplied(
  deps: Deps,
  { workspaces, workspaceOf }: Config,
  now: number,
): Promise<Finding[]> {
  const routes = { workspaces: workspaces.map(({ name }) => name), workspaceOf };
  const liveStops = await readLiveStops(deps, routes, now, READ_MS);
  return [...liveStops].map(([workspace, { count, late, oldest }]) => {
    const what = `workspace ${workspace}: ${String(count)} live opt-outs are not applied yet`;
    if (late === 0) return ok('queues', what);
    const age = oldest === undefined ? '' : `, the oldest for ${duration(now - oldest)}`;
    const minute = `${String(LATE_MS / 1_000)} s`;
    return problem(
      'queues',
      'optouts_late',
      `${what}, ${String(late)} of them for more than ${minute}${age}`,
    );
  });
}

async function checkDeadLetters({ queues }: Deps, now: number): Promise<Finding> {
  const { count, oldest = now } = await queues.deadLetters.size();
  return count === 0
    ? ok('queues', 'there are no dead letters')
    : problem(
        'queues',
        'dead_letters',
        `${String(count)} dead letters, the oldest for ${duration(now - oldest)}`,
      );
}

async function checkDrift({ findings }: Deps, workspace: string): Promise<Finding> {
  const counts = Object.entries(await findings.count(workspace)).filter(([, count]) => count > 0);
  const what = counts.map(([kind, count]) => `${String(count)} ${kind}`).join(', ');
  return counts.length === 0
    ? ok('queues', `workspace ${workspace}: no known difference from Customer.io`)
    : problem(
        'queues',
        'drift',
        `workspace ${workspace}: phones whose people differ from the ledger: ${what}`,
      );
}

async function checkSweep(
  { redis, prefix }: Deps,
  workspace: string,
  periodMs: number | undefined,
  now: number,
): Promise<Finding> {
  if (periodMs === undefined)
    return ok('queues', `workspace ${workspace}: the sweep is off (RECONCILE_PERIOD)`);
  const [firstSeen, ended] = await redis.hmget(
    reconcileKey(prefix, workspace, 'pass'),
    'firstSeenAt',
    'endedAt',
  );
  if (firstSeen == null) return ok('queues', `workspace ${workspace}: no worker has begun a sweep yet`);
  const what =
    ended == null
      ? `workspace ${workspace}: no sweep has ended yet`
      : `workspace ${workspace}: the last sweep ended ${duration(now - Number(ended))} ago`;
  const since = now - Number(ended ?? firstSeen);
  return since > Math.max(OVERDUE_PERIODS * periodMs, HOUR_MS)
    ? problem('queues', 'sweep_overdue', `${what}; one is due every ${duration(periodMs)}`)
    : ok('queues', what);
}

async function checkStoredNames({ redis, prefix }: Deps, names: readonly string[]): Promise<Finding[]> {
  return describeUnserved(await readStoredNames(redis, prefix), names).map(({ what }) =>
    problem('queues', 'unserved_workspace', what),
  );
}
