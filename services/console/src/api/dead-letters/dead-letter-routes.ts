import { z } from 'zod';
import { browseDeadLetters, inspectDeadLetter } from '@optout-sync/operations';
import { apiRoute } from '../http/api-route';
import { cursor, isoOrNull, limitOf, next, none, reveal, time } from '../http/fields';
import { phonesOf } from '../http/reveal';
import { DeadLetterDetails, DeadLetterSummary, detailsOf, summaryOf } from './dead-letter-fields';
import { filterFields, filterOf } from './dead-letter-filter';

const DeadLetterPage = z
  .object({
    items: z.array(DeadLetterSummary),
    total: z.int().describe('how many meet the filter'),
    exact: z.boolean().describe('false when there may be more than `total`'),
    lookedUntil: time
      .nullable()
      .describe('up to which failure this page looked, at 10,000 dead letters at most; null when to the end'),
    next,
  })
  .meta({ id: 'DeadLetterPage' });

export const listRoute = apiRoute({
  method: 'get',
  path: '/dead-letters',
  tag: 'Dead letters',
  summary: 'Dead letters, the oldest failure first',
  description:
    'A page may hold fewer than `limit`, or none, and have a `next`. Large ones are listed without their content.',
  scope: 'dead-letters:read',
  cost: 5,
  params: none,
  query: z.strictObject({ ...filterFields, limit: limitOf(50, 1_000), cursor, reveal }),
  status: 200,
  result: DeadLetterPage,
  errors: ['cursor_invalid', 'scope_missing'],
  handle: async (request) => {
    const { context, query } = request;
    const { limit, cursor: place } = query;
    const page = await browseDeadLetters(context.stores, { filter: filterOf(query), limit, cursor: place });
    const shown = await phonesOf(request, 'GET /dead-letters');
    const { workspaceOf } = context.routes;
    return {
      items: page.listed.map((one) => summaryOf(one, workspaceOf, shown)),
      total: page.total,
      exact: page.exact,
      lookedUntil: isoOrNull(page.lookedUntil),
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
    const found = await inspectDeadLetter(context.stores, params.id);
    const shown = await phonesOf(request, 'GET /dead-letters/{id}', { id: params.id });
    return detailsOf(found, context.routes.workspaceOf, { shown, reveal: query.reveal });
  },
});
