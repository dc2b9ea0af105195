import type { Subject } from '@optout-sync/shared/domain';
import { requireAuthor, type Author } from '../audit/author';
import type { Stores } from '../stores';
import { requestForcedSync } from './forced-sync';
import type { Verification, VerifiedPerson } from './verify-phone';

/** People of one phone who may be set back to `false`, as cio_ids. */
export interface OptIns {
  readonly subject: Subject;
  readonly people: readonly string[];
}

/** Returns the people whom only an operator sets back: those who are opted out by a number or policy of the past. */
export function optInCandidates({ people }: Verification): VerifiedPerson[] {
  return people.filter(({ verdict }) => verdict === 'orphaned' || verdict === 'looser_policy');
}

/**
 * Asks the workers to set people back to `false`. A worker compares each of them once more, and sets back only those who
 * still have no stopped number. The audit trail is written first: nothing is requested that it does not record.
 *
 * @throws {OperationError} `who_missing`
 */
export async function requestOptIns(
  stores: Pick<Stores, 'audit' | 'marks' | 'queues'>,
  optIns: readonly OptIns[],
  author: Partial<Author>,
): Promise<void> {
  const { by, why } = requireAuthor(author);
  const details = { phones: optIns.map(({ subject, people }) => ({ ...subject, people })) };
  await stores.audit.add({ action: 'allow_opt_in', by, why, details });
  for (const { subject, people } of optIns) {
    await requestForcedSync(stores, subject, {
      allowOptIn: people,
      lane: optIns.length > 1 ? 'background' : 'live',
    });
  }
}
