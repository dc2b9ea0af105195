import { MAX_ATTRIBUTES } from '../people/attribute-write';
import { asText, bytesOf } from '../people/person';

const MAX_NAME_BYTES = 150;
const MAX_VALUE_BYTES = 1000;
/** A timestamp after the year 5000 is one in milliseconds, sent by mistake. */
const MAX_SECONDS = 1e11;

/** Why an item is invalid, in the form of the 207 response. */
export interface WriteError {
  reason: 'required' | 'invalid' | 'too_long';
  field: string;
  message: string;
}

export const invalid = (field: string, message: string): WriteError => ({
  reason: 'invalid',
  field,
  message,
});

/** Customer.io's limits: 300 attributes, 150 bytes per name, 1000 bytes per value. */
export function attributesError(attributes: Record<string, unknown>): WriteError | undefined {
  const names = Object.keys(attributes);
  if (names.length > MAX_ATTRIBUTES) {
    return invalid('attributes', `a person may have ${MAX_ATTRIBUTES} attributes`);
  }
  for (const name of names) {
    const tooLong = (message: string): WriteError => ({
      reason: 'too_long',
      field: `attributes.${name}`,
      message,
    });
    if (bytesOf(name) > MAX_NAME_BYTES) return tooLong(`a name may have ${MAX_NAME_BYTES} bytes`);
    if (bytesOf(asText(attributes[name])) > MAX_VALUE_BYTES) {
      return tooLong(`a value may have ${MAX_VALUE_BYTES} bytes`);
    }
  }
  return undefined;
}

export function identifierError(field: string, value: unknown): WriteError | undefined {
  if (typeof value !== 'string' || value === '') return invalid(field, 'must be a non-empty string');
  if (bytesOf(value) > MAX_NAME_BYTES) {
    return { reason: 'too_long', field, message: `may have ${MAX_NAME_BYTES} bytes` };
  }
  return undefined;
}

/** Whole Unix seconds. Milliseconds are rejected: read as seconds, they would block every later write. */
export function timestampError(field: string, value: unknown): WriteError | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < MAX_SECONDS) {
    return undefined;
  }
  return invalid(field, 'must be Unix seconds');
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
