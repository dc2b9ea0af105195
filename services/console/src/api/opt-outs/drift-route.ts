import { z } from 'zod';
import { MAX_OPT_OUT_PAGE, listDrifted, workspaceOf } from '@optout-sync/operations';
import { Channel } from '@optout-sync/shared/domain';
import { DriftKind } from '@optout-sync/shared/reconcile';
import { apiRoute } from '../http/api-route';
import { cursor, iso, next, none, time, workspace } from '../http/fields';
import { phonesOf } from '../http/reveal';
import { ApiError } from '../errors/api-error';
import type { ApiContext } from '../http/api-context';
import { OptOutState, Unreadable, stateOf } from './opt-out-state';

const Drifted = z
  .object({
    ...OptOutState.shape,
    kind: DriftKind,
    foundAt: time,
    people: z.array(z.string()).describe('cio_ids, the first of `peopleTotal`'),
    peopleTotal: z.int(),
  })
  .meta({ id: 'DriftedOptOut' });

const DriftPage = z
  .object({ items: z.array(Drifted), unreadable: Unreadable, examined: z.int(), next })
  .meta({ id: 'DriftPage' });

/** The cursor names a phone, which is for `reveal` alone: it is sealed. */
export const driftRoute = apiRoute({
  method: 'post',
  path: '/drift',
  tag: 'Opt-outs',
  summary: 'Numbers whose people differ in Customer.io and were not corrected, the oldest first',
  description: 'Changes nothing.',
  scope: 'optouts:list',
  cost: 10,
  params: none,
  query: none,
  body: z.strictObject({
    kind: DriftKind.optional(),
    channel: Channel.optional(),
    workspace: workspace.describe('only this workspace'),
    limit: z.int().min(1).max(MAX_OPT_OUT_PAGE).default(50),
    cursor,
    reveal: z.boolean().default(false),
  }),
  status: 200,
  result: DriftPage,
  errors: ['cursor_invalid', 'workspace_unknown', 'scope_missing'],
  handle: async (request) => {
    const { context, body } = request;
    const { stores, routes, policies } = context;
    const { kind, channel, limit } = body;
    const page = await listDrifted(stores, {
      filter: {
        channel,
        pending: false,
        workspace: body.workspace === undefined ? undefined : workspaceOf(routes, body.workspace),
      },
      kind,
      policies,
      limit,
      cursor: openCursor(context, body.cursor),
    });
    const shown = await phonesOf({ ...request, query: body }, 'POST /drift');
    return {
      items: page.optOuts.map(({ subject, entry, finding }) => {
        const item = stateOf(subject, entry, policies);
        const { people, total, foundAt } = finding;
        return {
          ...item,
          phone: shown(item.phone),
          kind: finding.kind,
          foundAt: iso(foundAt),
          people: [...people],
          peopleTotal: total,
        };
      }),
      unreadable: page.unreadable.map(({ phone, ...rest }) => ({ ...rest, phone: shown(phone) })),
      examined: page.examined,
      next: page.next === undefined ? null : context.people.sealCursor(page.next),
    };
  },
});

/** @throws {ApiError} `cursor_invalid` */
function openCursor({ people }: ApiContext, sealed: string | undefined): string | undefined {
  if (sealed === undefined) return undefined;
  const opened = people.openCursor(sealed);
  if (opened !== undefined) return opened;
  throw new ApiError('cursor_invalid', 'the cursor is not one that a page ends with');
}
