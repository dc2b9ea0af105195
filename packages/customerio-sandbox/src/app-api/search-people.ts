import type { ApiRequest } from '../api/request';
import { appError, type ApiResponse } from '../api/response';
import { findPeople } from '../search/evaluate';
import { countConditions, searchRequest } from '../search/filter';
import { pageOf, parsePageRequest, tokenAfter } from '../search/page';

/** `POST /v1/customers`: identifiers of the people a filter matches, never their attributes. */
export function searchPeople({ workspace, query, body, emptyPage }: ApiRequest): ApiResponse {
  const page = parsePageRequest(query);
  if (typeof page === 'string') return appError(400, page);
  const request = searchRequest.safeParse(body);
  if (!request.success) return appError(400, 'the filter has an unsupported form');
  const { filter } = request.data;
  const max = workspace.settings.maxFilterConditions;
  if (countConditions(filter) > max) return appError(400, `a filter may contain ${max} conditions`);
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
