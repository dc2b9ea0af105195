import type { Cluster, Redis } from 'ioredis';
import type { WorkspaceOf } from '../domain/subject';
import { openQueues, type Queues } from '../queues/queues';
import { DeadLetterStore } from './dead-letter-store';
import { ReplayRuns } from './replay-runs';

/** The queues, the dead letters of their jobs, and the runs that replay dead letters. */
export interface JobStores extends Queues {
  readonly deadLetters: DeadLetterStore;
  readonly runs: ReplayRuns;
}

/**
 * Opens the queues and the dead letters on one connection; see `openQueues`.
 *
 * @param options.workspaceOf returns the workspace of an account; dead letters are indexed by it
 */
export function openJobStores(
  connection: Redis | Cluster,
  prefix: string,
  options: { readonly workspaceOf?: WorkspaceOf | undefined } = {},
): JobStores {
  const deadLetters = new DeadLetterStore(connection, prefix, options.workspaceOf);
  const runs = new ReplayRuns(connection, prefix, deadLetters);
  return { ...openQueues(connection, prefix), deadLetters, runs };
}
