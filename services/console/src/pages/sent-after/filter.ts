import type { SentAfterQuery } from '@optout-sync/operations';
import type { Routes } from '@optout-sync/shared/config';
import { SENT_AFTER } from '@optout-sync/shared/domain';
import { z } from 'zod';
import { parseFields, pastTime, sender, workspace } from '../../http/filter';

/**
 * Parses the filter of a URL. Without a relation it selects what is from the sender that people opted out of.
 *
 * @throws {OperationError} `filter_invalid`
 */
export function parseFilter(
  query: URLSearchParams,
  routes: Routes,
): Omit<SentAfterQuery, 'limit' | 'cursor'> {
  const fields = z.object({
    relation: z.enum(SENT_AFTER).default('same_sender'),
    workspace: workspace(routes).optional(),
    sender: sender.optional(),
    since: pastTime.optional(),
    until: pastTime.optional(),
  });
  return parseFields(fields, query);
}
