import type { PeopleStore } from './people-store';
import type { Attributes, Identifier } from './person';

export interface PersonWrite {
  identifier: Identifier;
  attributes: Attributes;
  /** `_update: true`: never create. */
  updateOnly: boolean;
  /** Unix seconds. */
  at: number;
}

/**
 * Identify as Customer.io does it: an unknown id, email or phone **creates a person**, unless the caller asked for
 * an update only; an unknown cio_id is dropped without a word, and so is a clash with another person's identifier.
 */
export function upsertPerson(people: PeopleStore, write: PersonWrite): void {
  const { kind, value } = write.identifier;
  const known = people.find(write.identifier);
  if (known !== undefined) {
    people.write(known, write.attributes, write.at);
  } else if (kind !== 'cio_id' && !write.updateOnly) {
    people.create({ ...write.attributes, [kind]: value }, write.at, 'api');
  }
}
