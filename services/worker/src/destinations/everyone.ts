import type { Lookup } from '../customerio/lookup';
import { allOrGravest } from './all-or-gravest';
import type { Consent, Destination } from './destination';

/** Writes a consent to one person. Throws a Failure. */
export type PersonWriter = (cioId: string, consent: Consent) => Promise<void>;

/** Looks up everyone with the number, once, and has every writer write to each of them. */
export function everyone(findPeople: Lookup, writers: readonly PersonWriter[]): Destination {
  return async (consent) => {
    const people = await findPeople(consent.subject.phone);
    await allOrGravest(people.flatMap((cioId) => writers.map((write) => write(cioId, consent))));
    return people;
  };
}
