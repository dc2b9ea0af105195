import { Buffer } from 'node:buffer';

export type Attributes = Readonly<Record<string, unknown>>;
export type IdentifierKind = 'id' | 'email' | 'phone' | 'cio_id';

export interface Identifier {
  kind: IdentifierKind;
  value: string;
}

/** A person in the store. `attributes` is replaced and never mutated, so that callers may hold on to it. */
export interface StoredPerson {
  /** Position in the order of creation, by which searches are paged. */
  readonly seq: number;
  readonly cioId: string;
  readonly createdBy: 'test' | 'api';
  id: string | null;
  email: string | null;
  attributes: Attributes;
  /** Unix seconds of the write that set or removed each attribute. */
  writtenAt: Readonly<Record<string, number>>;
}

/** The value of an attribute or identifier; undefined when it is not set. */
export function fieldOf(person: Pick<StoredPerson, 'id' | 'email' | 'cioId' | 'attributes'>, field: string) {
  if (field === 'id') return person.id ?? undefined;
  if (field === 'email') return person.email ?? undefined;
  if (field === 'cio_id') return person.cioId;
  return Object.hasOwn(person.attributes, field) ? person.attributes[field] : undefined;
}

/** Customer.io compares and returns attribute values as text. */
export function asText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** A copy of the attributes without `names`. */
export function withoutNames(attributes: Attributes, ...names: string[]): Attributes {
  const rest = { ...attributes };
  for (const name of names) Reflect.deleteProperty(rest, name);
  return rest;
}

export function bytesOf(text: string): number {
  return Buffer.byteLength(text);
}
