import { z } from 'zod';
import { findSubject, parseSender } from '@optout-sync/operations';
import { apiRoute } from '../http/api-route';
import { channel, phone, sender, workspace } from '../http/fields';
import { OptOutState, readEntry, stateOf } from './opt-out-state';

export const PHONE_ERRORS = [
  'phone_invalid',
  'channel_ambiguous',
  'workspace_unknown',
  'workspace_ambiguous',
] as const;

export const stateRoute = apiRoute({
  method: 'get',
  path: '/optouts/{phone}',
  tag: 'Opt-outs',
  summary: 'Whether a number is opted out',
  description:
    'Proxies log the paths of requests, and with them the phone; `POST /lookups` has it in the body. The answer has an ETag, which `If-None-Match` compares.',
  scope: 'optouts:read',
  cost: 1,
  params: z.strictObject({ phone }),
  query: z.strictObject({
    channel,
    workspace,
    sender: sender.optional().describe('the state with this sender of yours alone'),
  }),
  status: 200,
  result: OptOutState,
  errors: [...PHONE_ERRORS, 'sender_invalid', 'ledger_entry_unreadable'],
  handle: async ({ context: { stores, routes, policies }, params, query }) => {
    const subject = findSubject(routes, { ...params, ...query });
    const of = query.sender === undefined ? undefined : parseSender(query.sender, subject.channel);
    return stateOf(subject, await readEntry(stores.ledger, subject), policies, of);
  },
});
