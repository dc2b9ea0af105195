import { writeAttributes } from './attribute-write';
import { withoutNames, type Attributes, type Identifier, type StoredPerson } from './person';

interface PeopleStoreOptions {
  /** Cio ids count up from here. */
  firstCioId: number;
  phoneIsIdentifier: boolean;
  onChanged: (person: StoredPerson) => void;
  onRemoved: (cioId: string) => void;
}

/** The people of one workspace, found by each of their identifiers. */
export class PeopleStore {
  readonly #byCioId = new Map<string, StoredPerson>();
  readonly #byIdentifier = {
    id: new Map<string, StoredPerson>(),
    email: new Map<string, StoredPerson>(),
    phone: new Map<string, StoredPerson>(),
  };
  /** Each as of when a request brought them into being; kept when they are removed. */
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
   * Attributes, among them `id` and `email`, as for `write`.
   *
   * @returns undefined when an identifier is already somebody's
   */
  create(attributes: Attributes, at: number, createdBy: StoredPerson['createdBy']): StoredPerson | undefined {
    const seq = this.#seq + 1;
    const cioId = (this.options.firstCioId + seq).toString(16);
    const empty = { id: null, email: null, attributes: {}, writtenAt: {} };
    const person: StoredPerson = { seq, cioId, createdBy, ...empty };
    if (!this.write(person, attributes, at)) return undefined;
    this.#seq = seq;
    if (createdBy === 'api') this.createdByApi.push({ ...person });
    return person;
  }

  /**
   * Writes attributes, of which `id`, `email` (and `phone`, where it is one) set identifiers. When one of those is
   * already another person's nothing at all is written, as Customer.io drops such an update.
   *
   * @param at unix seconds
   * @returns false when it was dropped
   */
  write(person: StoredPerson, attributes: Attributes, at: number): boolean {
    // Most writes leave the identifiers alone, and need not look for clashes.
    if (IDENTIFIERS.some((name) => attributes[name] !== undefined)) {
      if (this.#conflicts(person, attributes)) return false;
      this.#forgetIdentifiers(person);
      if (isSet(attributes.id)) person.id = attributes.id;
      if (isSet(attributes.email)) person.email = attributes.email;
      writeAttributes(person, withoutNames(attributes, 'id', 'email', 'cio_id'), at);
      this.#rememberIdentifiers(person);
    } else {
      writeAttributes(person, attributes, at);
    }
    this.#byCioId.set(person.cioId, person);
    this.options.onChanged(person);
    return true;
  }

  remove(cioId: string): boolean {
    const person = this.#byCioId.get(cioId);
    if (person === undefined) return false;
    this.#forgetIdentifiers(person);
    this.#byCioId.delete(cioId);
    this.options.onRemoved(cioId);
    return true;
  }

  /** The primary keeps what it has and takes over what it lacks; the secondary is gone. */
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

  #forgetIdentifiers(person: StoredPerson): void {
    for (const { kind, value } of this.#identifiersOf(person))
      this.#byIdentifier[kind].delete(keyOf(kind, value));
  }

  #rememberIdentifiers(person: StoredPerson): void {
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
