import type { OptOutFilter } from '@optout-sync/operations';
import type { Routes } from '@optout-sync/shared/config';
import { Channel, EventSource, Reason } from '@optout-sync/shared/domain';
import { z } from 'zod';
import { parseFields, pastTime, sender, workspace } from '../../http/filter';

const schema = (routes: Routes) =>
  z.object({
    state: z.enum(['stopped', 'started', 'any']).default('stopped'),
    workspace: workspace(routes).optional(),
    channel: Channel.optional(),
    sender: sender.optional(),
    source: EventSource.optional(),
    reason: Reason.optional(),
    since: pastTime.optional(),
    until: pastTime.optional(),
    pending: z.literal('1').optional(),
    no_match: z.literal('1').optional(),
  });

/**
 * Parses the filter of a URL. Without a state it selects who is opted out.
 *
 * @throws {OperationError} `filter_invalid`
 */
export function parseFilter(query: URLSearchParams, routes: Routes): OptOutFilter {
  const { state, pending, no_match: noMatch, ...filter } = parseFields(schema(routes), query);
  return {
    ...filter,
    ...(state !== 'any' && { state }),
    pending: pending === '1',
    noMatch: noMatch === '1',
  };
}
