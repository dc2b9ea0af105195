import { OperationError, parsePastTime, workspaceOf } from '@optout-sync/operations';
import type { Routes } from '@optout-sync/shared/config';
import { z } from 'zod';

/*
 * The filter of a list, as it is in the URL of its page, and the fields that several lists have.
 */

/** A time in the past, such as `7d` or `2026-02-25`, as ms since 1970. */
export const pastTime = z.string().transform((text, context) => {
  try {
    return parsePastTime(text);
  } catch (error) {
    context.addIssue((error as Error).message);
    return z.NEVER;
  }
});

export const sender = z.string().max(255, 'may have at most 255 characters');

/** A configured workspace, as the name that it is stored under. */
export const workspace = (routes: Routes) =>
  z
    .string()
    .refine((name) => routes.workspaces.has(name), 'no such workspace is configured')
    .transform((name) => workspaceOf(routes, name));

/**
 * Parses the filter of a URL by its fields. An empty one is missing; parameters that are no field are ignored.
 *
 * @throws {OperationError} `filter_invalid`; the message names the fields without their values
 */
export function parseFields<Shape extends z.ZodRawShape>(
  schema: z.ZodObject<Shape>,
  query: URLSearchParams,
): z.output<z.ZodObject<Shape>> {
  const given = Object.keys(schema.shape).flatMap((name) => {
    const value = query.get(name)?.trim() ?? '';
    return value === '' ? [] : [[name, value] as const];
  });
  const parsed = schema.safeParse(Object.fromEntries(given));
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new OperationError('filter_invalid', problems.join('; '));
}
