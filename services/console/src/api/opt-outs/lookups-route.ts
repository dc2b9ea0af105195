import { z } from 'zod';
import { findSubject, workspaceOf } from '@optout-sync/operations';
import { apiRoute, type ApiRequest } from '../http/api-route';
import { channel, phone, workspace } from '../http/fields';
import { toApiError } from '../errors/to-api-error';
import { OptOutState, readEntry, stateOf } from './opt-out-state';

const MAX_PHONES = 1_000;
/** So many numbers count as one request against the rate limit. */
const PHONES_PER_POINT = 100;

/** The errors of a single number. Any other refuses the whole request: a partial answer would look complete. */
const OF_ONE: ReadonlySet<string> = new Set([
  'phone_invalid',
  'channel_ambiguous',
  'ledger_entry_unreadable',
]);

const Lookup = z.strictObject({
  phones: z.array(phone).min(1).max(MAX_PHONES),
  channel,
  workspace,
});

const Found = z.object({ given: z.string().describe('as the request spells it'), ...OptOutState.shape });
const NotFound = z.object({
  given: z.string(),
  error: z.object({ code: z.string(), detail: z.string() }).describe('treat the number as opted out'),
});

const Lookups = z
  .object({ items: z.array(z.union([Found, NotFound])).describe('in the order of the request') })
  .meta({ id: 'Lookups' });

export const lookupsRoute = apiRoute({
  method: 'post',
  path: '/lookups',
  tag: 'Opt-outs',
  summary: 'Which of up to 1,000 numbers are opted out',
  description:
    'The phones are in the body, so that no log of a proxy has them. A number that is not valid has an error in its place. 100 numbers count as one request.',
  scope: 'optouts:read',
  cost: 1,
  params: z.strictObject({}),
  query: z.strictObject({}),
  body: Lookup,
  status: 200,
  result: Lookups,
  errors: ['workspace_unknown', 'workspace_ambiguous'],
  handle: async ({ context, body, spend }) => {
    await spend(Math.ceil(body.phones.length / PHONES_PER_POINT) - 1);
    // Once, so that it refuses the request and not each number.
    workspaceOf(context.routes, body.workspace);
    return { items: await Promise.all(body.phones.map((given) => lookUp(context, body, given))) };
  },
});

type Context = ApiRequest<unknown, unknown, unknown>['context'];

async function lookUp(
  { stores, routes, policies }: Context,
  body: z.infer<typeof Lookup>,
  given: string,
): Promise<z.infer<typeof Found> | z.infer<typeof NotFound>> {
  try {
    const subject = findSubject(routes, { ...body, phone: given });
    return { given, ...stateOf(subject, await readEntry(stores.ledger, subject), policies) };
  } catch (error) {
    const { code, message } = toApiError(error);
    if (OF_ONE.has(code)) return { given, error: { code, detail: message } };
    throw error;
  }
}
