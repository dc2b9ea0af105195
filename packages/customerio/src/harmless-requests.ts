import { anyObjectAnswer, regionAnswer, searchAnswer } from './answers';
import type { ApiRequest } from './customerio-client';

/** A search that finds nobody. It is answered to everybody whose key is valid. */
export function harmlessSearch(phoneAttribute: string): ApiRequest {
  return {
    operation: 'search',
    method: 'POST',
    path: '/v1/customers',
    query: { limit: 1 },
    body: { filter: { attribute: { field: phoneAttribute, operator: 'eq', value: 'optout-sync' } } },
    answer: searchAnswer,
  };
}

/** The region of the workspace. It is answered to everybody whose keys are valid. */
export const regionRequest = {
  operation: 'region',
  method: 'GET',
  path: '/api/v1/accounts/region',
  answer: regionAnswer,
} as const;

/** The first opt-out of Customer.io's own list. It is answered to everybody whose key may read that list. */
export const optOutListRequest = {
  operation: 'optouts',
  method: 'GET',
  path: '/v1/optouts',
  query: { limit: 1 },
  answer: anyObjectAnswer,
} as const;
