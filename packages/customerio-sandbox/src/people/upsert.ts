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
 * Identifies a person as Customer.io does. An unknown id, email or phone **creates a person**, unless the caller asked for
 * an update only. The write is dropped silently for an unknown cio_id, and when an identifier is already another person's.
 */
export function upsertPerson(people: PeopleStore, write: PersonWrite): void {
  const { kind, value } = write.identifier;
  const existing = people.find(write.identifier);
  if (existing !== undefined) {
    people.write(existing, write.attributes, write.at, 'api');
  } else if (kind !== 'cio_id' && !write.updateOnly) {
    people.create({ ...write.attributes, [kind]: value }, write.at, 'api');
  }
}
