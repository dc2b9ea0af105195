import { MAX_PEOPLE_PER_READ, type AppApi, type PersonAttributes } from './app-api';
import { coalesce } from './batching';
import type { GuardedClient } from './guarded-client';
import type { SlotClass } from './rate-limiter';

/** Reads people by cio_id; no entry for a person who no longer exists. @throws {JobError} */
export type PeopleReader = (cioIds: readonly string[]) => Promise<ReadonlyMap<string, PersonAttributes>>;

/**
 * Creates a reader of some attributes that joins the people of many calls into one request.
 *
 * @param slot the class of its requests; default: live
 */
export function createPeopleReader(
  client: GuardedClient,
  api: Pick<AppApi, 'readPeople'>,
  names: readonly string[],
  { slot }: { readonly slot?: SlotClass } = {},
): PeopleReader {
  const read = coalesce<string, PersonAttributes | undefined>({
    client,
    operation: 'attributes',
    slot,
    maxBatch: MAX_PEOPLE_PER_READ,
    run: async (cioIds, reservation) => {
      const people = await api.readPeople([...new Set(cioIds)], names, { slot, reservation });
      return cioIds.map((cioId) => people.get(cioId));
    },
  });
  return async (cioIds) => {
    const found = await Promise.all(cioIds.map(async (cioId) => [cioId, await read(cioId)] as const));
    return new Map(found.flatMap(([cioId, person]) => (person ? [[cioId, person]] : [])));
  };
}
