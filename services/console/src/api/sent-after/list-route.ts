import { z } from 'zod';
import { MAX_SENT_AFTER_PAGE, listSentAfter, workspaceOf } from '@optout-sync/operations';
import { SENT_AFTER } from '@optout-sync/shared/domain';
import type { SentAfterEntry } from '@optout-sync/shared/sent-after';
import { apiRoute } from '../http/api-route';
import { cursor, instant, iso, limitOf, next, none, reveal, sender, time, workspace } from '../http/fields';
import { phonesOf } from '../http/reveal';

const SentAfter = z
  .object({
    messageSid: z.string(),
    relation: z
      .enum(SENT_AFTER)
      .describe(
        'same_sender: the opt-out was from the sender of the message. other_sender: from another one',
      ),
    phone: z.string(),
    channel: z.string(),
    workspace: z.string(),
    accountSid: z.string(),
    sender: z.string().describe('the Messaging Service of the message, else your number'),
    ours: z.string().describe('your number'),
    sentAt: time.describe('by the clock of Twilio, to the second'),
    status: z.string().describe('as Twilio wrote it when the message was found'),
    optOut: z
      .object({ messageSid: z.string(), sender: z.string(), occurredAt: time })
      .describe('the opt-out that it was sent after'),
    foundAt: time,
  })
  .meta({ id: 'SentAfterOptOut' });

const SentAfterPage = z
  .object({
    items: z.array(SentAfter),
    unreadable: z
      .array(z.string())
      .describe('the SIDs of messages that are left out: of a later release, or damaged'),
    examined: z.int().describe('how many messages were looked at; a page looks at some 10,000 at most'),
    next,
    checked: z
      .array(z.object({ account: z.string(), since: time, until: time }))
      .describe(
        'the part of the message log of each Twilio account that was compared with the ledger; none: SENT_CHECK_PERIOD is not set',
      ),
  })
  .meta({ id: 'SentAfterPage' });

export const listRoute = apiRoute({
  method: 'get',
  path: '/sent-after',
  tag: 'Opt-outs',
  summary: 'Messages that were sent after an opt-out, the latest first',
  description: 'A page may be empty and still have a `next`: read until it is null.',
  scope: 'optouts:list',
  cost: 10,
  params: none,
  query: z.strictObject({
    relation: z.enum(SENT_AFTER).default('same_sender'),
    workspace: workspace.describe('only this workspace'),
    sender: sender
      .optional()
      .describe('only messages from this sender of yours: MG..., a number, or whatsapp:...'),
    since: instant.optional().describe('sent at this time or later'),
    until: instant.optional().describe('sent at this time or earlier'),
    limit: limitOf(50, MAX_SENT_AFTER_PAGE),
    cursor,
    reveal,
  }),
  status: 200,
  result: SentAfterPage,
  errors: ['cursor_invalid', 'workspace_unknown', 'sender_invalid', 'scope_missing'],
  handle: async (request) => {
    const { context, query } = request;
    const { stores, routes } = context;
    const { workspace: name } = query;
    const page = await listSentAfter(stores, {
      ...query,
      workspace: name === undefined ? undefined : workspaceOf(routes, name),
    });
    const shown = await phonesOf(request, 'GET /sent-after');
    return {
      items: page.messages.map((message) => itemOf(message, shown)),
      unreadable: [...page.unreadable],
      examined: page.examined,
      next: page.next ?? null,
      checked: [...page.checked].map(([account, { since, until }]) => ({
        ...{ account, since: iso(since), until: iso(until) },
      })),
    };
  },
});

function itemOf(message: SentAfterEntry, shown: (phone: string) => string): z.infer<typeof SentAfter> {
  const { from, phone, sentAt, optOut, foundAt, ...rest } = message;
  const { messageSid, sender: optedOutOf, occurredAt } = optOut;
  return {
    ...rest,
    phone: shown(phone),
    ours: from,
    sentAt: iso(sentAt),
    optOut: { messageSid, sender: optedOutOf, occurredAt: iso(occurredAt) },
    foundAt: iso(foundAt),
  };
}
