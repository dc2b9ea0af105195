import type { Cluster, Redis } from 'ioredis';
import { reconcileKey, type PersonLooks } from '@optout-sync/shared/reconcile';
import type { SyncTarget } from '../destinations/sync-target';
import { Lease } from '../reconcile/lease';
import type { ReconcileTimes } from '../reconcile/times';
import { PersonLookRounds, type PersonLookEvents } from './person-look-rounds';
import type { ComparisonContext } from './request-comparison';

interface PersonLookContext extends ComparisonContext {
  readonly redis: Redis | Cluster;
  readonly config: ComparisonContext['config'] & { readonly redis: { readonly prefix: string } };
  readonly reconcileTimes: ReconcileTimes;
  readonly personLooks: PersonLooks;
  readonly workspaces: ReadonlyMap<string, Pick<SyncTarget, 'policy' | 'compare'>>;
  readonly telemetry: PersonLookEvents;
}

/** Starts the rounds of every workspace that is compared. The returned function stops them. */
export function startPersonLooks(context: PersonLookContext): () => Promise<void> {
  const { redis, config, reconcileTimes: times, personLooks: looks } = context;
  const all = [...context.workspaces]
    .filter(([, { compare }]) => compare !== undefined)
    .map(([workspace, target]) => {
      const key = reconcileKey(config.redis.prefix, workspace, 'person-lease');
      const lease = new Lease(redis, key, times.leaseMs);
      return new PersonLookRounds({ ...context, workspace, target, looks, lease, roundMs: times.roundMs });
    });
  for (const rounds of all) rounds.start();
  return async () => {
    await Promise.all(all.map((rounds) => rounds.stop()));
  };
}
