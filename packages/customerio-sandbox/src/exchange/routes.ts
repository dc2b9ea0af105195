import type { Operation } from '../api/operation';
import type { ApiRequest } from '../api/request';
import { appError, type ApiResponse } from '../api/response';
import { listOptOuts, personOptOuts, setOptOuts } from '../app-api/opt-outs';
import { peopleAttributes } from '../app-api/people-attributes';
import { searchPeople } from '../app-api/search-people';
import { accountRegion } from '../track-api/account-region';
import { batchV2, entityV2 } from '../track-api/entity-v2';
import { identifyV1 } from '../track-api/identify-v1';
import type { Api } from '../workspace/options';

export interface Route {
  api: Api;
  operation: Operation;
  handle: (request: ApiRequest) => ApiResponse;
}

const ROUTES: (Route & { method: string; path: RegExp })[] = [
  { api: 'track', operation: 'batch', method: 'POST', path: /^\/api\/v2\/batch$/, handle: batchV2 },
  { api: 'app', operation: 'search', method: 'POST', path: /^\/v1\/customers$/, handle: searchPeople },
  {
    api: 'app',
    operation: 'attributes',
    method: 'POST',
    path: /^\/v1\/customers\/attributes$/,
    handle: peopleAttributes,
  },
  { api: 'track', operation: 'entity', method: 'POST', path: /^\/api\/v2\/entity$/, handle: entityV2 },
  {
    api: 'track',
    operation: 'identify_v1',
    method: 'PUT',
    path: /^\/api\/v1\/customers\/([^/]+)$/,
    handle: identifyV1,
  },
  {
    api: 'app',
    operation: 'optouts_set',
    method: 'PUT',
    path: /^\/v1\/customers\/([^/]+)\/optouts$/,
    handle: setOptOuts,
  },
  {
    api: 'app',
    operation: 'optouts_get',
    method: 'GET',
    path: /^\/v1\/customers\/([^/]+)\/optouts$/,
    handle: personOptOuts,
  },
  { api: 'app', operation: 'optouts_list', method: 'GET', path: /^\/v1\/optouts$/, handle: listOptOuts },
  {
    api: 'track',
    operation: 'region',
    method: 'GET',
    path: /^\/api\/v1\/accounts\/region$/,
    handle: accountRegion,
  },
];

/** The route of a request, and the variable parts of its path, decoded. */
export function findRoute(method: string, path: string): { route: Route; params: string[] } {
  for (const route of ROUTES) {
    if (route.method !== method) continue;
    const match = route.path.exec(path);
    if (match !== null) return { route, params: match.slice(1).map(decode) };
  }
  const api = path.startsWith('/api/') ? 'track' : 'app';
  return { route: { api, operation: 'unknown', handle: notFound }, params: [] };
}

const notFound = (): ApiResponse => appError(404, 'not found');

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
