import { withoutPhones } from '@optout-sync/shared/domain';
import { requireScope } from '../auth/bearer';
import type { ApiRequest } from './api-route';
import { authorOf } from './author';

/**
 * Returns a function that shows the phones in a text: masked, or whole where the request asks for it. The audit trail has that
 * before an answer shows one.
 *
 * @param route such as `GET /optouts`
 * @throws {ApiError} `scope_missing`
 */
export async function phonesOf(
  { context, token, query }: ApiRequest<unknown, { readonly reveal: boolean }, unknown>,
  route: string,
  details: Readonly<Record<string, unknown>> = {},
): Promise<(text: string) => string> {
  if (!query.reveal) return withoutPhones;
  requireScope(token, 'phones:reveal');
  await context.stores.audit.add({
    action: 'reveal',
    by: authorOf(token),
    why: 'reveal=true',
    details: { route, ...details },
  });
  return (text) => text;
}
