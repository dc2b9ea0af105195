import { z } from 'zod';
import { applyOverride, parseOverride } from '@optout-sync/operations';
import { apiRoute, type ApiRoute } from '../http/api-route';
import { authorOf } from '../http/author';
import { channel, none, phone, sender, why } from '../http/fields';
import { PHONE_ERRORS } from './state-route';

const Change = z.strictObject({
  phone,
  sender: sender.describe('your Messaging Service (MG...) or number that the consent is for'),
  channel,
  account: z.string().max(255).optional().describe('the Twilio account, needed when several are configured'),
  why,
});

const Accepted = z
  .object({
    phone: z.string(),
    channel: z.string(),
    workspace: z.string(),
    sender: z.string(),
    state: z.enum(['stopped', 'started']),
    messageSid: z.string().describe('the event in the history of the number'),
  })
  .meta({ id: 'AcceptedChange' });

const EVENTUALLY =
  'A worker applies it within seconds, as it does a message; a STOP or START that the person sends later decides over it.';

function changeRoute(path: string, state: 'stopped' | 'started', summary: string): ApiRoute {
  return apiRoute({
    method: 'post',
    path,
    tag: 'Opt-outs',
    summary,
    description: `${EVENTUALLY} With an \`Idempotency-Key\`, a repetition of the request changes nothing, also after the person has sent a message.`,
    scope: 'optouts:write',
    cost: 5,
    params: none,
    query: none,
    body: Change,
    idempotent: true,
    status: 202,
    result: Accepted,
    errors: [...PHONE_ERRORS, 'sender_invalid', 'override_invalid', 'account_unknown', 'account_ambiguous'],
    handle: async ({ context: { stores, routes }, token, body, idempotencyKey }) => {
      const request = { ...parseOverride(routes, { ...body, state }), reason: 'api' as const };
      const author = { by: authorOf(token), why: body.why };
      const { subject, sender: of } = request;
      // A key that is sent again for another number is another change: none is ever dropped for the sake of its key.
      const once =
        idempotencyKey === undefined
          ? undefined
          : JSON.stringify([
              token.name,
              state,
              idempotencyKey,
              subject.workspace,
              subject.channel,
              subject.phone,
              of,
            ]);
      const messageSid = await applyOverride(stores, request, author, once);
      return { ...subject, sender: of, state, messageSid };
    },
  });
}

export const addRoute = changeRoute('/optouts', 'stopped', 'Opt a number out by hand');
export const removeRoute = changeRoute('/optouts/remove', 'started', 'Lift an opt-out by hand');
