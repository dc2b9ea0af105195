import { Router, type ErrorRequestHandler, type RequestHandler } from 'express';
import { ApiTokens, readProofKey } from '@optout-sync/operations';
import { readConsentPolicies } from '@optout-sync/shared/config';
import { groupBy } from '@optout-sync/shared/domain';
import { createRateLimit } from './auth/rate-limit';
import { ApiError } from './errors/api-error';
import { API_ERRORS } from './errors/api-errors';
import { sendProblem } from './errors/problem';
import { toApiError } from './errors/to-api-error';
import type { ApiOptions } from './http/api-context';
import type { ApiRoute } from './http/api-route';
import { serveRoute } from './http/serve-route';
import { createDocument } from './openapi/document';
import { referencePage } from './openapi/reference-page';
import { API_ROUTES } from './routes';

/**
 * The API, for a path of its own (`/api`): `/v1/...`, its OpenAPI document `/v1/openapi.json` and the reference `/docs`. Only a
 * bearer token is a credential here. It reads no cookie, so that no page of a browser can act through it.
 *
 * @throws {ConfigError} for an invalid environment
 */
export function createApi(options: ApiOptions): Router {
  const { stores, routes, env, people, log, telemetry, requestsPerSecond } = options;
  const { redis, prefix } = stores;
  const policies = new Map(readConsentPolicies(env).map(({ name, policy }) => [name, policy]));
  const context = { stores, routes, policies, proofKey: readProofKey(env), people };
  const access = {
    tokens: new ApiTokens(redis, prefix),
    spend: createRateLimit(redis, prefix, requestsPerSecond),
    log,
  };
  const document = createDocument(API_ROUTES);
  const page = referencePage(document);

  const api = Router({ caseSensitive: true });
  api.get('/v1/openapi.json', (_, response) => {
    response.json(document);
  });
  api.get('/docs', (_, response) => {
    response.type('html').send(page);
  });
  for (const [path, ofPath] of groupBy(literalFirst(API_ROUTES), (route) => route.path)) {
    const served = api.route(`/v1${expressPath(path)}`);
    for (const route of ofPath) served[route.method](...serveRoute(route, context, access));
    served.all(refuseMethod(ofPath.map(({ method }) => method.toUpperCase())));
  }
  api.use(() => {
    throw new ApiError('not_found', 'there is nothing at this path');
  });
  api.use(handleError(telemetry));
  return api;
}

/** `/optouts/remove` before `/optouts/{phone}`, which matches it too: the first route that matches decides. */
const literalFirst = (routes: readonly ApiRoute[]): ApiRoute[] =>
  routes.toSorted((a, b) => Number(a.path.includes('{')) - Number(b.path.includes('{')));

const expressPath = (path: string): string => path.replaceAll(/\{(\w+)\}/g, ':$1');

function refuseMethod(methods: readonly string[]): RequestHandler {
  const allowed = methods.includes('GET') ? [...methods, 'HEAD'] : methods;
  return () => {
    throw new ApiError('method_not_allowed', `the path has ${allowed.join(', ')}`, {
      headers: { allow: allowed.join(', ') },
    });
  };
}

/** Express detects an error handler by its four parameters. */
function handleError(telemetry: ApiOptions['telemetry']): ErrorRequestHandler {
  return (error: unknown, _request, response, next) => {
    const problem = toApiError(error);
    if (API_ERRORS[problem.code].status >= 500) telemetry.failed(problem.code, error);
    if (response.headersSent) next(error);
    else sendProblem(response, problem);
  };
}
