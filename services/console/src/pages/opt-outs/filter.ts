import { parsePastTime, workspaceOf, OperationError, type OptOutFilter } from '@optout-sync/operations';
import type { Routes } from '@optout-sync/shared/config';
import { Channel, EventSource, Reason } from '@optout-sync/shared/domain';
import { z } from 'zod';

/** The fields of the filter, as they are in the URL. An empty one is missing. */
const FILTER_FIELDS = [
  'state',
  'workspace',
  'channel',
  'sender',
  'source',
  'reason',
  'since',
  'until',
  'pending',
  'no_match',
] as const;

const time = z.string().transform((text, context) => {
  try {
    return parsePastTime(text);
  } catch (error) {
    context.addIssue((error as Error).message);
    return z.NEVER;
  }
});

const schema = (routes: Routes) =>
  z.object({
    state: z.enum(['stopped', 'started', 'any']).default('stopped'),
    workspace: z
      .string()
      .refine((name) => isConfigured(routes, name), 'no such workspace is configured')
      .transform((name) => workspaceOf(routes, name))
      .optional(),
    channel: Channel.optional(),
    sender: z.string().max(255, 'may have at most 255 characters').optional(),
    source: EventSource.optional(),
    reason: Reason.optional(),
    since: time.optional(),
    until: time.optional(),
    pending: z.literal('1').optional(),
    no_match: z.literal('1').optional(),
  });

const isConfigured = (routes: Routes, name: string): boolean => routes.workspaces.has(name);

/**
 * Parses the filter of a URL. Without a state it selects who is opted out.
 *
 * @throws {OperationError} `filter_invalid`; the message names the fields without their values
 */
export function parseFilter(query: URLSearchParams, routes: Routes): OptOutFilter {
  const given = FILTER_FIELDS.flatMap((name) => {
    const value = query.get(name)?.trim() ?? '';
    return value === '' ? [] : [[name, value] as const];
  });
  const parsed = schema(routes).safeParse(Object.fromEntries(given));
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
    throw new OperationError('filter_invalid', problems.join('; '));
  }
  const { state, pending, no_match: noMatch, ...filter } = parsed.data;
  return {
    ...filter,
    ...(state !== 'any' && { state }),
    pending: pending === '1',
    noMatch: noMatch === '1',
  };
}
