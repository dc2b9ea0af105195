import type { Lookup } from '@optout-sync/customerio';
import { toJobError, mostSevere } from '@optout-sync/shared/domain';
import type { Consent, Destination } from './destination';

/**
 * Writes a consent to one person.
 *
 * @throws {JobError} when Customer.io does not accept it
 */
export type PersonWriter = (cioId: string, consent: Consent) => Promise<void>;

/**
 * Looks up everyone with the number, once, and runs every writer for each of them.
 *
 * @param onNobody is called with an opt-out that nobody was found for
 */
export function peopleDestination(
  findPeople: Lookup,
  writers: readonly PersonWriter[],
  onNobody: (consent: Consent) => void = () => undefined,
): Destination {
  return async (consent) => {
    const people = await findPeople(consent.subject.phone, consent.optedOut ? 'opt_out' : 'opt_in');
    if (people.length === 0 && consent.optedOut) onNobody(consent);
    await writeToPeople(people, writers, consent);
    return people;
  };
}

/** Runs every writer for each of these people. @throws {JobError} the most severe error of the writes that failed */
export async function writeToPeople(
  people: readonly string[],
  writers: readonly PersonWriter[],
  consent: Consent,
): Promise<void> {
  await settleAll(people.flatMap((cioId) => writers.map((write) => write(cioId, consent))));
}

/**
 * Waits for all writes, so that none outlives its job.
 *
 * @throws {JobError} the most severe error of the writes that failed
 */
export async function settleAll(writes: readonly Promise<void>[]): Promise<void> {
  const results = await Promise.allSettled(writes);
  const failure = mostSevere(
    results.flatMap((result) => (result.status === 'rejected' ? [toJobError(result.reason)] : [])),
  );
  if (failure) throw failure;
}
