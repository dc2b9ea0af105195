import { listOptOuts, personOptOuts, setOptOuts } from '../app-api/opt-outs';
import { peopleAttributes } from '../app-api/people-attributes';
import { searchPeople } from '../app-api/search-people';
import { batchV2, entityV2 } from '../track-api/entity-v2';
import { identifyV1 } from '../track-api/identify-v1';
import { appError, type Answer } from './answers';
import type { Call } from './call';

export type Api = 'app' | 'track';

export type Operation =
  | 'search'
  | 'attributes'
  | 'optouts_list'
  | 'optouts_get'
  | 'optouts_set'
  | 'region'
  | 'identify_v1'
  | 'entity'
  | 'batch'
  | 'unknown';

export interface Route {
  api: Api;
  operation: Operation;
  handle: (call: Call) => Answer;
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

/** The operation a request means, with the varying parts of its path, decoded. */
export function routeFor(method: string, path: string): { route: Route; params: string[] } {
  for (const route of ROUTES) {
    if (route.method !== method) continue;
    const match = route.path.exec(path);
    if (match !== null) return { route, params: match.slice(1).map(decoded) };
  }
  const api = path.startsWith('/api/') ? 'track' : 'app';
  return { route: { api, operation: 'unknown', handle: notFound }, params: [] };
}

const notFound = (): Answer => appError(404, 'not found');

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** `GET /api/v1/accounts/region`: answered by either host, with the region the workspace is in. */
export function accountRegion({ workspace, regionUrl }: Call): Answer {
  return {
    status: 200,
    body: { url: new URL(regionUrl).host, region: workspace.region, environment_id: workspace.number + 1 },
  };
}
