import type { Lookup } from '@optout-sync/customerio';
import { toJobError, mostSevere } from '@optout-sync/shared/domain';
import type { Consent, Destination } from './destination';

/** Waits for all, so that no write outlives its job, then throws the failure that decides, if any. */
export async function settleAll(works: readonly Promise<void>[]): Promise<void> {
  const results = await Promise.allSettled(works);
  const failure = mostSevere(
    results.flatMap((result) => (result.status === 'rejected' ? [toJobError(result.reason)] : [])),
  );
  if (failure) throw failure;
}

/** Writes a consent to one person. Throws a Failure. */
export type PersonWriter = (cioId: string, consent: Consent) => Promise<void>;

/** Looks up everyone with the number, once, and has every writer write to each of them. */
export function peopleDestination(findPeople: Lookup, writers: readonly PersonWriter[]): Destination {
  return async (consent) => {
    const people = await findPeople(consent.subject.phone);
    await settleAll(people.flatMap((cioId) => writers.map((write) => write(cioId, consent))));
    return people;
  };
}
