import type { Attributes, StoredPerson } from './person';

/** Customer.io keeps at most so many attributes of a person; names past it are ignored. */
export const MAX_ATTRIBUTES = 300;

/**
 * Sets attributes as one write made at `at` (unix seconds). For each attribute on its own, a write older than the
 * one that set it is ignored and one of the same second overwrites. Null and the empty string remove it.
 */
export function writeAttributes(person: StoredPerson, attributes: Attributes, at: number): void {
  const values = { ...person.attributes };
  const writtenAt = { ...person.writtenAt };
  let count = Object.keys(values).length;
  for (const [name, value] of Object.entries(attributes)) {
    if (Object.hasOwn(writtenAt, name) && (writtenAt[name] ?? 0) > at) continue;
    const exists = Object.hasOwn(values, name);
    if (value === null || value === '') {
      if (exists) count -= 1;
      Reflect.deleteProperty(values, name);
    } else {
      if (!exists && count >= MAX_ATTRIBUTES) continue;
      if (!exists) count += 1;
      values[name] = value;
    }
    // The time of a removal is kept too: an older write must not bring the attribute back.
    writtenAt[name] = at;
  }
  person.attributes = values;
  person.writtenAt = writtenAt;
}
