import type { Attributes, StoredPerson } from './person';

/** Most attributes of a person in Customer.io; further names are ignored. */
export const MAX_ATTRIBUTES = 300;

/**
 * Sets attributes as one write made at `at` (Unix seconds). Each attribute is compared on its own: a write older than the
 * one that set it is ignored, one of the same second overwrites it. Null and the empty string remove the attribute.
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
    // The time of a removal is stored as well: an older write must not restore the attribute.
    writtenAt[name] = at;
  }
  person.attributes = values;
  person.writtenAt = writtenAt;
}
