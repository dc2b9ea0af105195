import { asText, fieldOf, type Attributes, type StoredPerson } from '../people/person';

/** A person in the search index: a copy of the person at the time of the write. */
export interface IndexedPerson {
  seq: number;
  cioId: string;
  id: string | null;
  email: string | null;
  attributes: Attributes;
}

/** Cio ids by the text of a value. */
type ValueIndex = Map<string, Set<string>>;

const NOBODY: ReadonlySet<string> = new Set();

/** Finds people by an exact attribute value. A field is indexed when it is first searched. */
export class SearchIndex {
  readonly #people = new Map<string, IndexedPerson>();
  readonly #fields = new Map<string, ValueIndex>();

  /** A copy to `put` later, when the write reaches the index. */
  static copyOf({ seq, cioId, id, email, attributes }: StoredPerson): IndexedPerson {
    return { seq, cioId, id, email, attributes };
  }

  put(person: IndexedPerson): void {
    const before = this.#people.get(person.cioId);
    this.#people.set(person.cioId, person);
    for (const [field, values] of this.#fields) {
      if (before !== undefined) unlink(values, field, before);
      link(values, field, person);
    }
  }

  remove(cioId: string): void {
    const person = this.#people.get(cioId);
    if (person === undefined) return;
    this.#people.delete(cioId);
    for (const [field, values] of this.#fields) unlink(values, field, person);
  }

  get(cioId: string): IndexedPerson | undefined {
    return this.#people.get(cioId);
  }

  all(): Iterable<string> {
    return this.#people.keys();
  }

  /** Compares the stored value as exact text, without normalising phone numbers. */
  equal(field: string, value: string): ReadonlySet<string> {
    return this.#valuesOf(field).get(value) ?? NOBODY;
  }

  having(field: string): ReadonlySet<string> {
    return new Set([...this.#valuesOf(field).values()].flatMap((cioIds) => [...cioIds]));
  }

  #valuesOf(field: string): ValueIndex {
    const indexed = this.#fields.get(field);
    if (indexed !== undefined) return indexed;
    const values: ValueIndex = new Map();
    for (const person of this.#people.values()) link(values, field, person);
    this.#fields.set(field, values);
    return values;
  }
}

function link(values: ValueIndex, field: string, person: IndexedPerson): void {
  const value = fieldOf(person, field);
  if (value === undefined) return;
  const text = asText(value);
  const cioIds = values.get(text);
  if (cioIds === undefined) values.set(text, new Set([person.cioId]));
  else cioIds.add(person.cioId);
}

function unlink(values: ValueIndex, field: string, person: IndexedPerson): void {
  const value = fieldOf(person, field);
  if (value === undefined) return;
  const text = asText(value);
  const cioIds = values.get(text);
  cioIds?.delete(person.cioId);
  if (cioIds?.size === 0) values.delete(text);
}
