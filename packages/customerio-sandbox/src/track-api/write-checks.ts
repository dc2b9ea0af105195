import { MAX_ATTRIBUTES } from '../people/attribute-write';
import { asText, bytesOf } from '../people/person';

const MAX_NAME_BYTES = 150;
const MAX_VALUE_BYTES = 1000;
/** Past the year 5000: milliseconds sent by mistake. */
const NOT_SECONDS = 1e11;

/** What is wrong with an item, in the words of the 207 answer. */
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

/** Customer.io's limits: 300 attributes, 150 bytes a name, 1000 bytes a value. */
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
    if (bytesOf(name) > MAX_NAME_BYTES) return tooLong(`a name may take ${MAX_NAME_BYTES} bytes`);
    if (bytesOf(asText(attributes[name])) > MAX_VALUE_BYTES) {
      return tooLong(`a value may take ${MAX_VALUE_BYTES} bytes`);
    }
  }
  return undefined;
}

export function identifierError(field: string, value: unknown): WriteError | undefined {
  if (typeof value !== 'string' || value === '') return invalid(field, 'must be a string that is not empty');
  if (bytesOf(value) > MAX_NAME_BYTES) {
    return { reason: 'too_long', field, message: `may take ${MAX_NAME_BYTES} bytes` };
  }
  return undefined;
}

/** Unix seconds, whole. Milliseconds are refused: taken as seconds they would block every later write. */
export function timestampError(field: string, value: unknown): WriteError | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < NOT_SECONDS)
    return undefined;
  return invalid(field, 'must be unix seconds');
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
