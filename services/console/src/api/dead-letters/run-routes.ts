import { z } from 'zod';
import { cancelReplay, getReplay } from '@optout-sync/operations';
import { withoutPhones } from '@optout-sync/shared/domain';
import { ApiError } from '../errors/api-error';
import { apiRoute } from '../http/api-route';
import { authorOf } from '../http/author';
import { cursor, limitOf, next, none, why } from '../http/fields';
import { Run, runOf } from './run-fields';

const RunPage = z.object({ items: z.array(Run), next }).meta({ id: 'RunPage' });
const RunDetails = z
  .object({
    ...Run.shape,
    kept: z.record(z.string(), z.string()).describe('why dead letters stayed, by id; 1,000 at most'),
  })
  .meta({ id: 'RunDetails' });

const params = z.strictObject({ id: z.string().min(1).max(100) });

export const listRoute = apiRoute({
  method: 'get',
  path: '/runs',
  tag: 'Dead letters',
  summary: 'Replay runs, the latest first',
  scope: 'dead-letters:read',
  cost: 5,
  params: none,
  query: z.strictObject({ limit: limitOf(20, 100), cursor }),
  status: 200,
  result: RunPage,
  errors: ['cursor_invalid'],
  handle: async ({ context, query: { limit, cursor: place = '0' } }) => {
    if (!/^\d{1,9}$/.test(place)) {
      throw new ApiError('cursor_invalid', 'the cursor is not one that a page ends with');
    }
    const offset = Number(place);
    // One more tells whether there is a next page.
    const runs = await context.stores.queues.runs.list(limit + 1, offset);
    const hasMore = runs.length > limit;
    return { items: runs.slice(0, limit).map(runOf), next: hasMore ? String(offset + limit) : null };
  },
});

export const showRoute = apiRoute({
  method: 'get',
  path: '/runs/{id}',
  tag: 'Dead letters',
  summary: 'A replay run: its progress, and why dead letters stayed',
  scope: 'dead-letters:read',
  cost: 1,
  params,
  query: none,
  status: 200,
  result: RunDetails,
  errors: ['run_not_found', 'run_unsupported'],
  handle: async ({ context, params: { id } }) => {
    const { run, skipReasons } = await getReplay(context.stores, id);
    const kept = Object.entries(skipReasons).map(([letter, reason]) => [letter, withoutPhones(reason)]);
    return { ...runOf(run), kept: Object.fromEntries(kept) as Record<string, string> };
  },
});

export const cancelRoute = apiRoute({
  method: 'post',
  path: '/runs/{id}/cancel',
  tag: 'Dead letters',
  summary: 'Cancel a replay run',
  description: 'Jobs that it has requeued are carried out; the other dead letters stay.',
  scope: 'dead-letters:replay',
  cost: 1,
  params,
  query: none,
  body: z.strictObject({ why }),
  status: 200,
  result: Run,
  errors: ['run_not_found', 'run_unsupported', 'run_over'],
  handle: async ({ context, token, params: { id }, body }) =>
    runOf(await cancelReplay(context.stores, id, { by: authorOf(token), why: body.why })),
});
