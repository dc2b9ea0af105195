import { z } from 'zod';
import { getDeadLetter, listDeadLetters } from '@optout-sync/operations';
import { ApiError } from '../errors/api-error';
import { apiRoute } from '../http/api-route';
import { cursor, limitOf, next, none, reveal } from '../http/fields';
import { phonesOf } from '../http/reveal';
import { DeadLetterDetails, DeadLetterSummary, detailsOf, summaryOf } from './dead-letter-fields';
import { filterFields, filterOf } from './dead-letter-filter';

/** A place in the order of dead letters: time and id. */
const CURSOR = /^[\d.e+-]+\.[\w-]+$/;

const DeadLetterPage = z
  .object({
    items: z.array(DeadLetterSummary),
    total: z.int().describe('how many meet the filter'),
    exact: z.boolean().describe('false when there may be more than `total`'),
    next,
  })
  .meta({ id: 'DeadLetterPage' });

export const listRoute = apiRoute({
  method: 'get',
  path: '/dead-letters',
  tag: 'Dead letters',
  summary: 'Dead letters, the oldest failure first',
  scope: 'dead-letters:read',
  cost: 5,
  params: none,
  query: z.strictObject({ ...filterFields, limit: limitOf(50, 1_000), cursor, reveal }),
  status: 200,
  result: DeadLetterPage,
  errors: ['cursor_invalid', 'scope_missing'],
  handle: async (request) => {
    const { context, query } = request;
    const { limit, cursor: place, reveal: _, ...terms } = query;
    if (place !== undefined && !CURSOR.test(place)) {
      throw new ApiError('cursor_invalid', 'the cursor is not one that a page ends with');
    }
    const page = await listDeadLetters(context.stores, { filter: filterOf(terms), limit, cursor: place });
    const shown = await phonesOf(request, 'GET /dead-letters');
    const { workspaceOf } = context.routes;
    return {
      items: page.deadLetters.map((stored) => summaryOf(stored, workspaceOf, shown)),
      total: page.total,
      exact: page.exact,
      next: page.next ?? null,
    };
  },
});

export const showRoute = apiRoute({
  method: 'get',
  path: '/dead-letters/{id}',
  tag: 'Dead letters',
  summary: 'One dead letter: what is undone, and each attempt',
  scope: 'dead-letters:read',
  cost: 1,
  params: z.strictObject({ id: z.string().min(1).max(100) }),
  query: z.strictObject({ reveal }),
  status: 200,
  result: DeadLetterDetails,
  errors: ['letter_not_found', 'scope_missing'],
  handle: async (request) => {
    const { context, params, query } = request;
    const stored = await getDeadLetter(context.stores, params.id);
    const shown = await phonesOf(request, 'GET /dead-letters/{id}', { id: params.id });
    return detailsOf(stored, context.routes.workspaceOf, { shown, reveal: query.reveal });
  },
});
