import { z } from 'zod';
import { previewReplay, previewSet, replayPreviewed } from '@optout-sync/operations';
import { withoutPhones } from '@optout-sync/shared/domain';
import { apiRoute } from '../http/api-route';
import { authorOf } from '../http/author';
import { none, why } from '../http/fields';
import { DeadLetterSummary, contentOf, summaryOf } from './dead-letter-fields';
import { Selection, selectionOf } from './dead-letter-filter';
import { Run, SelectedFilter, runOf, shownFilter } from './run-fields';

/** How many dead letters a preview shows. */
const PREVIEW_SIZE = 20;

const FILTER_ERRORS = ['filter_missing', 'filter_ambiguous', 'phone_invalid'] as const;

const Preview = z
  .object({
    count: z.int().describe('the exact number'),
    revision: z.int().describe('which state of the dead letters this is; a replay has to name both'),
    filter: SelectedFilter,
    first: z.array(
      z.object({
        deadLetter: DeadLetterSummary,
        forecast: z
          .enum(['parsed_anew', 'unparsable', 'account_unknown', 'duplicate', 'ignored', 'stale', 'decides'])
          .nullable()
          .describe(
            'what a replay would do by the present ledger; null where the job decides, or the ledger entry cannot be read',
          ),
      }),
    ),
  })
  .meta({ id: 'ReplayPreview' });

export const previewRoute = apiRoute({
  method: 'post',
  path: '/dead-letters/replay-preview',
  tag: 'Dead letters',
  summary: 'What a replay would do',
  description: 'Changes nothing. An old STOP or START never undoes a newer one.',
  scope: 'dead-letters:read',
  cost: 10,
  params: none,
  query: none,
  body: Selection,
  status: 200,
  result: Preview,
  errors: FILTER_ERRORS,
  handle: async ({ context: { stores, routes }, body }) => {
    const { count, revision, filter, first } = await previewSet(stores, selectionOf(body), PREVIEW_SIZE);
    const { workspaceOf } = routes;
    const readable = first.flatMap((listed) => {
      const deadLetter = contentOf(listed);
      return deadLetter ? [{ id: listed.id, deadLetter }] : [];
    });
    const forecasts = await previewReplay(readable, { ledger: stores.ledger, workspaceOf });
    return {
      count,
      revision,
      filter: shownFilter(filter),
      first: first.map((listed) => ({
        deadLetter: summaryOf(listed, workspaceOf, withoutPhones),
        forecast: forecasts.get(listed.id)?.kind ?? null,
      })),
    };
  },
});

const Replay = z.strictObject({
  filter: Selection,
  count: z.int().min(0).describe('as the preview answered'),
  revision: z.int().min(0).describe('as the preview answered: what failed later does not belong to the run'),
  rate: z.number().positive().max(100_000).optional().describe('dead letters a second at most'),
  why,
});

export const replayRoute = apiRoute({
  method: 'post',
  path: '/dead-letters/replay',
  tag: 'Dead letters',
  summary: 'Replay dead letters',
  description:
    'Creates a run of exactly the dead letters that were previewed, which the workers carry out; `GET /runs/{id}` shows its progress. If some of them are gone by now, nothing is replayed. With an `Idempotency-Key`, a repetition of the request is the same run.',
  scope: 'dead-letters:replay',
  cost: 10,
  params: none,
  query: none,
  body: Replay,
  idempotent: true,
  status: 202,
  result: Run,
  location: ({ id }) => `/runs/${id}`,
  errors: [...FILTER_ERRORS, 'selection_changed'],
  handle: async ({ context: { stores }, token, body, idempotencyKey: once }) => {
    const { count, revision, why: reason, rate } = body;
    const set = { filter: selectionOf(body.filter), revision, count };
    return runOf(await replayPreviewed(stores, set, { by: authorOf(token), why: reason, rate, once }));
  },
});
