import { z } from 'zod';
import { MAX_OPT_OUT_PAGE, listOptOuts, parseSender, workspaceOf } from '@optout-sync/operations';
import { Channel, EventSource, Reason } from '@optout-sync/shared/domain';
import { apiRoute } from '../http/api-route';
import { cursor, flag, instant, limitOf, next, none, reveal, sender, workspace } from '../http/fields';
import { phonesOf } from '../http/reveal';
import { OptOutState, Unreadable, stateOf } from './opt-out-state';

/** The terms that select ledger entries by their present state. */
const filterFields = {
  state: z.enum(['stopped', 'started', 'all']).default('stopped'),
  channel: Channel.optional(),
  workspace: workspace.describe('only this workspace'),
  sender: sender.optional().describe('the state with this sender of yours alone'),
  source: EventSource.optional().describe('opted out, or in, by a message of this source'),
  reason: Reason.optional().describe('opted out, or in, for this reason'),
  since: instant.optional().describe('in that state since this time or later'),
  until: instant.optional().describe('in that state since this time or earlier'),
  pending: flag.describe('only those that Customer.io does not hold yet'),
  noMatch: flag.describe('only those whose latest event found nobody with the number'),
};

const OptOutPage = z
  .object({
    items: z.array(OptOutState),
    unreadable: Unreadable,
    examined: z.int().describe('how many entries were looked at; a page looks at some 10,000 at most'),
    next,
  })
  .meta({ id: 'OptOutPage' });

export const listRoute = apiRoute({
  method: 'get',
  path: '/optouts',
  tag: 'Opt-outs',
  summary: 'Who is opted out, in no order',
  description:
    'A page may be empty and still have a `next`: read until it is null. A number may be listed twice. A cursor ends when Redis is restarted.',
  scope: 'optouts:list',
  cost: 10,
  params: none,
  query: z.strictObject({ ...filterFields, limit: limitOf(50, MAX_OPT_OUT_PAGE), cursor, reveal }),
  status: 200,
  result: OptOutPage,
  errors: ['cursor_invalid', 'workspace_unknown', 'sender_invalid', 'scope_missing'],
  handle: async (request) => {
    const { context, query } = request;
    const { stores, routes, policies } = context;
    const { limit, state, ...filter } = query;
    const of = filter.sender === undefined ? undefined : parseSender(filter.sender, filter.channel ?? 'sms');
    const page = await listOptOuts(stores, {
      filter: {
        ...filter,
        state: state === 'all' ? undefined : state,
        sender: of,
        workspace: filter.workspace === undefined ? undefined : workspaceOf(routes, filter.workspace),
      },
      policies,
      limit,
      cursor: query.cursor,
    });
    const shown = await phonesOf(request, 'GET /optouts');
    return {
      items: page.optOuts.map(({ subject, entry }) => {
        const item = stateOf(subject, entry, policies, of);
        return { ...item, phone: shown(item.phone) };
      }),
      unreadable: page.unreadable.map(({ phone, ...rest }) => ({ ...rest, phone: shown(phone) })),
      examined: page.examined,
      next: page.next ?? null,
    };
  },
});
