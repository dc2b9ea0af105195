import type { ApiScope, ApiToken } from '@optout-sync/operations';
import type { z } from 'zod';
import type { ApiErrorCode } from '../errors/api-errors';
import type { ApiContext } from './api-context';

/** A request whose token may make it, and whose parts have the form that the route asks for. */
export interface ApiRequest<Params, Query, Body> {
  readonly context: ApiContext;
  readonly token: Pick<ApiToken, 'name' | 'scopes'>;
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  /** The header `Idempotency-Key`; undefined without one. */
  readonly idempotencyKey: string | undefined;
  /** Counts further points against the rate limit. @throws {ApiError} `rate_limited` */
  readonly spend: (points: number) => Promise<void>;
}

/**
 * A route of the API. Express serves it, and the OpenAPI document describes it, by this one definition. A GET changes nothing
 * but the audit trail.
 */
export interface ApiRoute<Params = unknown, Query = unknown, Body = unknown, Result = unknown> {
  readonly method: 'get' | 'post';
  /** Below `/api/v1`, as OpenAPI writes it: `/optouts/{phone}`. */
  readonly path: string;
  readonly tag: 'Opt-outs' | 'Dead letters' | 'System';
  readonly summary: string;
  readonly description?: string;
  readonly scope: ApiScope;
  /** What a request counts against the rate limit, by its share of work: 1 for a look-up. */
  readonly cost: number;
  readonly params: z.ZodType<Params>;
  readonly query: z.ZodType<Query>;
  /** Missing for a route without a body. */
  readonly body?: z.ZodType<Body>;
  /** Whether the header `Idempotency-Key` has a meaning. */
  readonly idempotent?: boolean;
  readonly status: 200 | 202;
  readonly result: z.ZodType<unknown, Result>;
  /** The header `Location`: where the progress of what was accepted is, below `/api/v1`. */
  readonly location?: (result: Result) => string;
  /** Beside those of every route. */
  readonly errors: readonly ApiErrorCode[];
  readonly handle: (request: ApiRequest<Params, Query, Body>) => Promise<Result>;
}

/** Has the compiler check that `handle` takes what the schemas give, and returns what `result` describes. */
export function apiRoute<Params, Query, Body, Result>(
  route: ApiRoute<Params, Query, Body, Result>,
): ApiRoute {
  return route as unknown as ApiRoute;
}
