import type { z } from 'zod';
import { ApiError, type InvalidField } from '../errors/api-error';

const MAX_FIELDS = 20;

/**
 * Returns a part of a request in the form that a route asks for.
 *
 * @throws {ApiError} `request_invalid`, with the fields and without their values
 */
export function parsePart<Output>(
  name: 'path' | 'query' | 'body',
  schema: z.ZodType<Output>,
  value: unknown,
): Output {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues.slice(0, MAX_FIELDS).map(({ path, message }): InvalidField => ({
    field: [name, ...path.map(String)].join('.'),
    message: message.slice(0, MAX_MESSAGE),
  }));
  const [first] = fields;
  throw new ApiError('request_invalid', `${first?.field ?? name}: ${first?.message ?? 'not valid'}`, {
    fields,
  });
}

/** A message may hold the name of an unknown field, which the caller chose. */
const MAX_MESSAGE = 200;

/** @throws {ApiError} `request_invalid` for a parameter that is given twice: which one counts differs between programs */
export function queryOf(url: string): Record<string, string> {
  const start = url.indexOf('?');
  if (start < 0) return {};
  const query = new URLSearchParams(url.slice(start + 1));
  const values = Object.fromEntries(query);
  if (query.size === Object.keys(values).length) return values;
  throw new ApiError('request_invalid', 'query: a parameter is given twice');
}
