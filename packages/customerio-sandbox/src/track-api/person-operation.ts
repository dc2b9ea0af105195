import { withoutNames, type Attributes, type Identifier, type IdentifierKind } from '../people/person';
import {
  attributesError,
  identifierError,
  invalid,
  isObject,
  timestampError,
  type WriteError,
} from './write-checks';

/** A valid item of the v2 API. */
export interface PersonOperation {
  action: 'identify' | 'delete' | 'event';
  /** Of the action `event`. */
  name: string;
  /** The id of an event, if it has one. */
  id: string | undefined;
  identifier: Identifier;
  attributes: Attributes;
  updateOnly: boolean;
  /** Unix seconds, if the item has them. */
  timestamp: number | undefined;
}

const isAction = (action: unknown): action is PersonOperation['action'] =>
  action === 'identify' || action === 'delete' || action === 'event';

/** Parses one v2 item: a person, identified by exactly one identifier, to be written or deleted. */
export function parsePersonOperation(
  item: unknown,
  phoneIsIdentifier: boolean,
): PersonOperation | WriteError {
  if (!isObject(item)) return invalid('', 'an item must be an object');
  if (item.type !== 'person') return invalid('type', 'this sandbox supports only the type person');
  const { action, timestamp } = item;
  if (!isAction(action)) {
    return invalid('action', 'this sandbox supports only the actions identify, delete and event');
  }
  const event = parseEvent(item);
  if ('reason' in event) return event;
  const identifier = parseIdentifier(item.identifiers, phoneIsIdentifier);
  if ('reason' in identifier) return identifier;
  const given = item.attributes ?? {};
  if (!isObject(given)) return invalid('attributes', 'must be an object');
  const error = timestampError('timestamp', timestamp) ?? attributesError(given);
  if (error !== undefined) return error;
  const attributes = withoutNames(given, '_update', '_timestamp');
  const at = typeof timestamp === 'number' ? timestamp : undefined;
  return { action, ...event, identifier, attributes, updateOnly: given._update === true, timestamp: at };
}

const ULID = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;

function parseEvent({
  action,
  name,
  id,
}: Record<string, unknown>): { name: string; id: string | undefined } | WriteError {
  if (action !== 'event') return { name: '', id: undefined };
  if (typeof name !== 'string' || name === '')
    return { reason: 'required', field: 'name', message: 'must be a name' };
  if (id !== undefined && (typeof id !== 'string' || !ULID.test(id))) return invalid('id', 'must be a ULID');
  return { name: name.trim(), id };
}

function parseIdentifier(given: unknown, phoneIsIdentifier: boolean): Identifier | WriteError {
  if (!isObject(given)) return { reason: 'required', field: 'identifiers', message: 'must be an object' };
  const [first, ...others] = Object.entries(given);
  if (first === undefined || others.length > 0) {
    return invalid('identifiers', 'exactly one of id, email, phone, cio_id must be given');
  }
  const [name, value] = first;
  if (!isKind(name)) return invalid(`identifiers.${name}`, 'is not an identifier');
  if (name === 'phone' && !phoneIsIdentifier) {
    return invalid('identifiers.phone', 'phone is not an identifier in this workspace');
  }
  const error = identifierError(`identifiers.${name}`, value);
  if (error !== undefined) return error;
  const text = value as string;
  if (name === 'cio_id' && text.startsWith('cio_')) {
    return invalid('identifiers.cio_id', 'must be the id without cio_: the prefix is for v1 paths');
  }
  return { kind: name, value: text };
}

const isKind = (name: string): name is IdentifierKind => ['id', 'email', 'phone', 'cio_id'].includes(name);
