import { z } from 'zod';
import { previewReplay, selectDeadLetters, startReplay } from '@optout-sync/operations';
import { ApiError } from '../errors/api-error';
import { apiRoute } from '../http/api-route';
import { authorOf } from '../http/author';
import { none, why } from '../http/fields';
import { maskPhones } from '../http/reveal';
import { DeadLetterSummary, summaryOf } from './dead-letter-fields';
import { Selection, selectionOf } from './dead-letter-filter';
import { Run, SelectedFilter, runOf, shownFilter } from './run-fields';

/** How many dead letters a preview shows. */
const PREVIEW_SIZE = 20;

const FILTER_ERRORS = ['filter_missing', 'filter_ambiguous', 'phone_invalid', 'letter_not_found'] as const;

const Preview = z
  .object({
    count: z.int().describe('the exact number, which a replay has to name'),
    filter: SelectedFilter,
    first: z.array(
      z.object({
        deadLetter: DeadLetterSummary,
        forecast: z
          .enum(['parsed_anew', 'unparsable', 'account_unknown', 'duplicate', 'ignored', 'stale', 'decides'])
          .nullable()
          .describe('what a replay would do by the present ledger; null where the job decides'),
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
    const { count, filter, first } = await selectDeadLetters(stores, selectionOf(body), PREVIEW_SIZE);
    const { workspaceOf } = routes;
    const forecasts = await previewReplay(first, { ledger: stores.ledger, workspaceOf });
    return {
      count,
      filter: shownFilter(filter),
      first: first.map((stored) => ({
        deadLetter: summaryOf(stored, workspaceOf, maskPhones),
        forecast: forecasts.get(stored.id)?.kind ?? null,
      })),
    };
  },
});

const Replay = z.strictObject({
  filter: Selection,
  count: z.int().min(0).describe('how many dead letters the preview counted: another number is refused'),
  rate: z.number().positive().max(100_000).optional().describe('dead letters a second at most'),
  why,
});

export const replayRoute = apiRoute({
  method: 'post',
  path: '/dead-letters/replay',
  tag: 'Dead letters',
  summary: 'Replay dead letters',
  description: 'Creates a run, which the workers carry out; `GET /runs/{id}` shows its progress.',
  scope: 'dead-letters:replay',
  cost: 10,
  params: none,
  query: none,
  body: Replay,
  status: 202,
  result: Run,
  location: ({ id }) => `/runs/${id}`,
  errors: [...FILTER_ERRORS, 'selection_changed'],
  handle: async ({ context: { stores }, token, body }) => {
    const { count, filter } = await selectDeadLetters(stores, selectionOf(body.filter), 1);
    if (count !== body.count) {
      throw new ApiError('selection_changed', `the filter selects ${String(count)} dead letters`);
    }
    const author = { by: authorOf(token), why: body.why };
    return runOf(await startReplay(stores, filter, { ...author, rate: body.rate }));
  },
});
