import { Buffer } from 'node:buffer';

export type Attributes = Readonly<Record<string, unknown>>;
export type IdentifierKind = 'id' | 'email' | 'phone' | 'cio_id';

export interface Identifier {
  kind: IdentifierKind;
  value: string;
}

/** A person as the store holds them. `attributes` is replaced, never changed, so that others may keep it. */
export interface StoredPerson {
  /** Order of creation; pages of a search follow it. */
  readonly seq: number;
  readonly cioId: string;
  readonly createdBy: 'test' | 'api';
  id: string | null;
  email: string | null;
  attributes: Attributes;
  /** Unix seconds of the write that set (or removed) each attribute. */
  writtenAt: Readonly<Record<string, number>>;
}

/** The value of an attribute or identifier by its name, undefined when it is not set. */
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

/** The attributes but for the names given. */
export function withoutNames(attributes: Attributes, ...names: string[]): Attributes {
  const kept = { ...attributes };
  for (const name of names) Reflect.deleteProperty(kept, name);
  return kept;
}

export function bytesOf(text: string): number {
  return Buffer.byteLength(text);
}
