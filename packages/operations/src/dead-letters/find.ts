import type { FiledLetter, LetterFilter } from '@optout-sync/shared/dead-letters';
import { CommandError } from '../operation-error';
import type { Stores } from '../stores';

/** The first letters that meet the filter. Throws a CommandError when one that is named is not there. */
export async function found(
  { queues }: Pick<Stores, 'queues'>,
  filter: LetterFilter,
  limit: number,
): Promise<readonly FiledLetter[]> {
  for (const id of filter.ids ?? []) {
    if (!(await queues.deadLetters.get(id))) throw letterNotFound(id);
  }
  return (await queues.deadLetters.page({ filter, limit })).letters;
}

export function letterNotFound(id: string): CommandError {
  return new CommandError('letter_not_found', `there is no dead letter ${id}`, 'failed');
}
