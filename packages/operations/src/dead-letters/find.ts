import type { StoredDeadLetter, DeadLetterFilter } from '@optout-sync/shared/dead-letters';
import { OperationError } from '../operation-error';
import type { Stores } from '../stores';

/** The first letters that meet the filter. Throws a CommandError when one that is named is not there. */
export async function findDeadLetters(
  { queues }: Pick<Stores, 'queues'>,
  filter: DeadLetterFilter,
  limit: number,
): Promise<readonly StoredDeadLetter[]> {
  for (const id of filter.ids ?? []) {
    if (!(await queues.deadLetters.get(id))) throw deadLetterNotFound(id);
  }
  return (await queues.deadLetters.page({ filter, limit })).letters;
}

export function deadLetterNotFound(id: string): OperationError {
  return new OperationError('letter_not_found', `there is no dead letter ${id}`, 'failed');
}
