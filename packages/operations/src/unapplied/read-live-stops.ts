import type { WorkspaceOf } from '@optout-sync/shared/config';
import { UnappliedIndex } from '@optout-sync/shared/reconcile';
import { UnappliedReader, createBacklogs, type LiveStopsByWorkspace } from '@optout-sync/shared/unapplied';
import type { Stores } from '../stores';

/**
 * Reads the live opt-outs of each workspace that Customer.io does not hold yet.
 *
 * @param now in ms since 1970, by Redis' clock
 * @param limitMs how long reading the queue of inbound events may take: a longer one is estimated from its oldest jobs
 * @throws {Error} when Redis does not answer
 */
export async function readLiveStops(
  { queues, redis, prefix }: Pick<Stores, 'queues' | 'redis' | 'prefix'>,
  { workspaces, workspaceOf }: { readonly workspaces: readonly string[]; readonly workspaceOf: WorkspaceOf },
  now: number,
  limitMs: number,
): Promise<LiveStopsByWorkspace> {
  const index = new UnappliedIndex(redis, prefix);
  const backlogs = createBacklogs(redis, queues, workspaceOf, index);
  const reader = new UnappliedReader(workspaces, index, () => backlogs);
  await reader.read(now, performance.now() + limitMs);
  return reader.known(now)?.liveStops ?? new Map();
}
