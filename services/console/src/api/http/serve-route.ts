import { createHash } from 'node:crypto';
import express, { type Request, type RequestHandler, type Response } from 'express';
import type { ApiToken, ApiTokens } from '@optout-sync/operations';
import { authenticate, requireScope } from '../auth/bearer';
import type { Spend } from '../auth/rate-limit';
import { ApiError } from '../errors/api-error';
import type { ApiContext, ApiOptions } from './api-context';
import type { ApiRoute } from './api-route';
import { authorOf } from './author';
import { parsePart, queryOf } from './parse-request';

/** What decides whether a request is served. */
interface Access {
  readonly tokens: Pick<ApiTokens, 'find' | 'markUsed'>;
  readonly spend: Spend;
  readonly log: ApiOptions['log'];
}

/** Where the routes are served, as a client sees it. */
export const API_BASE = '/api/v1';

const BODY_LIMIT = '100kb';
const parseJson = express.json({ limit: BODY_LIMIT, inflate: false, type: 'application/json' });

/** What the steps of a request hand on. */
interface Locals {
  token: ApiToken;
}

/**
 * Returns the steps that serve a route, in this order: token, scope, rate limit, content type, size, JSON, form, work. So who has
 * no token can have nothing parsed.
 */
export function serveRoute(route: ApiRoute, context: ApiContext, access: Access): RequestHandler[] {
  const admit: RequestHandler = async (request, response, next) => {
    const token = await authenticate(access.tokens, request);
    requireScope(token, route.scope);
    await access.spend(token, route.cost);
    Object.assign(response.locals, { token, by: authorOf(token) });
    next();
  };
  const answer: RequestHandler = async (request, response) => {
    await work(route, context, access, request, response);
  };
  return route.body ? [admit, requireJson, parseJson, answer] : [admit, answer];
}

const requireJson: RequestHandler = (request, _, next) => {
  // `null` for a request without a body, which the form of the route refuses.
  if (request.is('application/json') === false) {
    throw new ApiError('content_type_unsupported', 'the body must be application/json');
  }
  next();
};

async function work(
  route: ApiRoute,
  context: ApiContext,
  { spend, log }: Access,
  request: Request,
  response: Response,
): Promise<void> {
  const { token } = response.locals as Locals;
  const result = await route.handle({
    context,
    token,
    params: parsePart('path', route.params, request.params),
    query: parsePart('query', route.query, queryOf(request.url)),
    body: route.body && parsePart('body', route.body, request.body),
    idempotencyKey: route.idempotent ? idempotencyKeyOf(request) : undefined,
    spend: async (points) => {
      if (points > 0) await spend(token, points);
    },
  });
  if (route.scope.endsWith(':write') || route.scope.endsWith(':replay')) {
    log.info({ by: authorOf(token), route: `${route.method} ${route.path}` }, 'the API changed something');
  }
  if (route.location) response.location(`${API_BASE}${route.location(result)}`);
  sendResult(request, response.status(route.status), JSON.stringify(result));
}

/** Sends JSON that nobody else may store, and that whoever stores it compares each time. 304 where the ETag is the same. */
function sendResult(request: Request, response: Response, json: string): void {
  // `no-cache` of a request concerns caches on the way (RFC 9111, 5.2.1.4). Node's fetch sends it with each If-None-Match, and
  // Express would not compare the ETag then.
  delete request.headers['cache-control'];
  const etag = `"${createHash('sha256').update(json).digest('base64url')}"`;
  response.set({ etag, 'cache-control': 'private, no-cache' }).type('json').send(json);
}

/** @throws {ApiError} `request_invalid` */
function idempotencyKeyOf(request: Request): string | undefined {
  const key = request.get('idempotency-key');
  if (key === undefined || /^[\x21-\x7e]{1,255}$/.test(key)) return key;
  throw new ApiError(
    'request_invalid',
    'the header Idempotency-Key must have 1 to 255 visible ASCII characters',
  );
}
