import type { AppApi } from '@optout-sync/customerio';
import type { WorkspaceConfig } from '@optout-sync/shared/config';
import { parseWrittenPhones, type WrittenPhone } from './written-phone';

/**
 * Reads the phone of a person at Customer.io.
 *
 * @param cioId their cio_id
 * @returns the numbers that their phone attribute may spell; none for an unknown person or one without a number
 * @throws {JobError} when Customer.io does not answer
 */
export async function phonesOfPerson(
  api: Pick<AppApi, 'readPeople'>,
  { phoneAttribute, defaultCountry }: Pick<WorkspaceConfig, 'phoneAttribute' | 'defaultCountry'>,
  cioId: string,
): Promise<WrittenPhone['phones']> {
  const people = await api.readPeople([cioId], [phoneAttribute]);
  const text = people.get(cioId)?.values.get(phoneAttribute) ?? '';
  return parseWrittenPhones(text, defaultCountry === undefined ? [] : [defaultCountry]).phones;
}
