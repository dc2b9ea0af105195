import type { Routes } from '@optout-sync/shared/config';
import { DestinationName, type Channel, type Subject } from '@optout-sync/shared/domain';
import { isDestinationQueued } from '@optout-sync/shared/queues';
import { workspaceOf } from '../accounts';
import type { Stores } from '../stores';
import { parsePerson } from './subject';

/**
 * Returns the subject whose ledger entry an operator asks for.
 *
 * @throws {OperationError} for a phone, channel or workspace that is not valid
 */
export function findSubject(
  routes: Routes,
  query: {
    readonly phone: string;
    readonly channel?: Channel | undefined;
    readonly workspace?: string | undefined;
  },
): Subject {
  return { workspace: workspaceOf(routes, query.workspace), ...parsePerson(query.phone, query.channel) };
}

/** Returns the optional destinations that have a job of a phone, in whatever state. */
export async function queuedDestinations(
  { queues }: Pick<Stores, 'queues'>,
  subject: Subject,
): Promise<Set<DestinationName>> {
  const names = DestinationName.options;
  const queued = await Promise.all(names.map((name) => isDestinationQueued(queues, name, subject)));
  return new Set(names.filter((_, n) => queued[n]));
}
