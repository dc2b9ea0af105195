import type { Routes } from '@optout-sync/shared/config';
import type { Channel, Subject } from '@optout-sync/shared/domain';
import { workspaceOf } from '../accounts';
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
