import { writeAttributes } from './attribute-write';
import { withoutNames, type Attributes, type Identifier, type StoredPerson } from './person';

/** A write to a person, whether it had an effect or not, or the removal of one. */
export interface PersonChange {
  readonly cioId: string;
  /** Who made it: a test or a request to the API. */
  readonly by: StoredPerson['createdBy'];
  /** The attributes to write; undefined for a removal. */
  readonly written: Attributes | undefined;
  readonly before: Attributes;
  readonly after: Attributes;
}

interface PeopleStoreOptions {
  /** Cio ids count up from here. */
  firstCioId: number;
  phoneIsIdentifier: boolean;
  onChanged: (person: StoredPerson) => void;
  onRemoved: (cioId: string) => void;
  /** Called for each change with what was before and after it. */
  onChange: (change: PersonChange) => void;
}

/** The people of one workspace, indexed by each of their identifiers. */
export class PeopleStore {
  readonly #byCioId = new Map<string, StoredPerson>();
  readonly #byIdentifier = {
    id: new Map<string, StoredPerson>(),
    email: new Map<string, StoredPerson>(),
    phone: new Map<string, StoredPerson>(),
  };
  /** People created by requests, each with the values of its creation. Survives their removal. */
  readonly createdByApi: StoredPerson[] = [];
  #seq = 0;

  constructor(private readonly options: PeopleStoreOptions) {}

  all(): Iterable<StoredPerson> {
    return this.#byCioId.values();
  }

  find({ kind, value }: Identifier): StoredPerson | undefined {
    return kind === 'cio_id' ? this.#byCioId.get(value) : this.#byIdentifier[kind].get(keyOf(kind, value));
  }

  /**
   * Creates a person with `attributes`, which include `id` and `email`, as for `write`.
   *
   * @returns undefined when an identifier is already another person's
   */
  create(attributes: Attributes, at: number, createdBy: StoredPerson['createdBy']): StoredPerson | undefined {
    const seq = this.#seq + 1;
    const cioId = (this.options.firstCioId + seq).toString(16);
    const empty = { id: null, email: null, attributes: {}, writtenAt: {} };
    const person: StoredPerson = { seq, cioId, createdBy, ...empty };
    if (!this.write(person, attributes, at, createdBy)) return undefined;
    this.#seq = seq;
    if (createdBy === 'api') this.createdByApi.push({ ...person });
    return person;
  }

  /**
   * Writes attributes; `id`, `email` and, where it is an identifier, `phone` set identifiers. When one of them is already
   * another person's, nothing is written: Customer.io drops such an update.
   *
   * @param at Unix seconds
   * @returns false when the update was dropped
   */
  write(
    person: StoredPerson,
    attributes: Attributes,
    at: number,
    by: StoredPerson['createdBy'] = 'test',
  ): boolean {
    const before = person.attributes;
    // Most writes change no identifier and need no search for conflicts.
    if (IDENTIFIERS.some((name) => attributes[name] !== undefined)) {
      if (this.#conflicts(person, attributes)) return false;
      this.#unindex(person);
      if (isSet(attributes.id)) person.id = attributes.id;
      if (isSet(attributes.email)) person.email = attributes.email;
      writeAttributes(person, withoutNames(attributes, 'id', 'email', 'cio_id'), at);
      this.#index(person);
    } else {
      writeAttributes(person, attributes, at);
    }
    this.#byCioId.set(person.cioId, person);
    this.options.onChanged(person);
    this.options.onChange({
      cioId: person.cioId,
      by,
      written: attributes,
      before,
      after: person.attributes,
    });
    return true;
  }

  remove(cioId: string, by: StoredPerson['createdBy'] = 'test'): boolean {
    const person = this.#byCioId.get(cioId);
    if (person === undefined) return false;
    this.#unindex(person);
    this.#byCioId.delete(cioId);
    this.options.onRemoved(cioId);
    const { attributes: before } = person;
    this.options.onChange({ cioId, by, written: undefined, before, after: {} });
    return true;
  }

  /** The primary keeps its values and gets those it lacks; the secondary is removed. */
  merge(primary: StoredPerson, secondary: StoredPerson): void {
    this.remove(secondary.cioId);
    for (const [name, value] of Object.entries(secondary.attributes)) {
      if (Object.hasOwn(primary.attributes, name)) continue;
      this.write(primary, { [name]: value }, secondary.writtenAt[name] ?? 0);
    }
    this.write(primary, { id: primary.id ?? secondary.id, email: primary.email ?? secondary.email }, 0);
  }

  #conflicts(person: StoredPerson, attributes: Attributes): boolean {
    return this.#identifiersOf({ id: attributes.id, email: attributes.email, attributes }).some(
      (identifier) => {
        const holder = this.find(identifier);
        return holder !== undefined && holder !== person;
      },
    );
  }

  #unindex(person: StoredPerson): void {
    for (const { kind, value } of this.#identifiersOf(person)) {
      this.#byIdentifier[kind].delete(keyOf(kind, value));
    }
  }

  #index(person: StoredPerson): void {
    for (const { kind, value } of this.#identifiersOf(person)) {
      this.#byIdentifier[kind].set(keyOf(kind, value), person);
    }
  }

  #identifiersOf(person: { id: unknown; email: unknown; attributes: Attributes }) {
    const phone = this.options.phoneIsIdentifier ? person.attributes.phone : undefined;
    const values = { id: person.id, email: person.email, phone };
    return (['id', 'email', 'phone'] as const).flatMap((kind) => {
      const value = values[kind];
      return isSet(value) ? [{ kind, value }] : [];
    });
  }
}

const IDENTIFIERS = ['id', 'email', 'phone', 'cio_id'] as const;

const isSet = (value: unknown): value is string => typeof value === 'string' && value !== '';

const keyOf = (kind: string, value: string) => (kind === 'email' ? value.toLowerCase() : value);
