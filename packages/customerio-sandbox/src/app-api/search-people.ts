import { appError, type Answer } from '../http/answers';
import type { Call } from '../http/call';
import { findPeople } from '../search/evaluate';
import { countConditions, searchRequest } from '../search/filter';
import { pageOf, pageRequest, tokenAfter } from '../search/page';

/** `POST /v1/customers`: identifiers of the people a filter finds, never their attributes. */
export function searchPeople({ workspace, query, body, emptyPage }: Call): Answer {
  const page = pageRequest(query);
  if (typeof page === 'string') return appError(400, page);
  const request = searchRequest.safeParse(body);
  if (!request.success) return appError(400, 'the filter is not one this API understands');
  const { filter } = request.data;
  const most = workspace.settings.maxFilterConditions;
  if (countConditions(filter) > most) return appError(400, `a filter may hold ${most} conditions`);
  if (emptyPage) return { status: 200, body: { identifiers: [], ids: [], next: tokenAfter(page.after) } };

  workspace.indexing.settle();
  const { page: found, next } = pageOf(findPeople(workspace.index, filter), page);
  if (found.length === 0) return { status: 200, body: { identifiers: null, ids: null, next } };
  return {
    status: 200,
    body: {
      identifiers: found.map(({ cioId, id, email }) => ({ cio_id: cioId, id, email })),
      ids: found.map(({ id }) => id ?? ''),
      next,
    },
  };
}
