import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import express, { type ErrorRequestHandler } from 'express';
import parseUrl from 'parseurl';
import type { TrustProxy } from '@optout-sync/shared/config';
import { LINK_PATH, WEBHOOK_PATHS, type PublicRoute } from '@optout-sync/shared/domain';
import { compileAddressOf } from '@optout-sync/shared/service';
import { jsonAnswer } from '../webhook/answers';
import type { Receiver } from '../webhook/receiver';
import type { WebhookAnswer } from '../webhook/request';
import { WebhookError, errorAnswer } from '../webhook/webhook-error';
import { compileTrust } from './base-url';
import { NodeWebhookRequest } from './webhook-request';

/**
 * The webhooks are served without Express, which would be most of their cost: without it, a message takes 37 % less CPU time
 * and a status callback 58 % less (docs/performance.md).
 */
const ROUTES: ReadonlyMap<string, PublicRoute> = new Map(
  Object.entries(WEBHOOK_PATHS).map(([route, path]) => [path, route as PublicRoute]),
);

const ALIVE = jsonAnswer(200, { status: 'ok' });
const NOT_FOUND = jsonAnswer(404, { code: 'not_found', message: 'There is nothing here.' });

export interface UnknownPathEvents {
  /** A request came to a path where there is nothing. */
  pathUnknown(): void;
  /** A request with a signature of Twilio's, which is not verified, came to a path where there is nothing. */
  signedRequestAstray(path: string): void;
}

/**
 * The public routes. Every method of a webhook's path goes to its receiver, which refuses the wrong ones. Paths match in any
 * case, with repeated slashes and with slashes at the end.
 */
export function createApp({
  receivers,
  trustProxy,
  telemetry,
}: {
  readonly receivers: Readonly<Record<PublicRoute, Receiver>>;
  readonly trustProxy: TrustProxy;
  readonly telemetry: UnknownPathEvents;
}): RequestListener {
  const proxies = { trusts: compileTrust(trustProxy), addressOf: compileAddressOf(trustProxy) };
  const serve = async (route: PublicRoute, request: IncomingMessage, response: ServerResponse) => {
    send(response, await receivers[route](new NodeWebhookRequest(request, proxies)));
  };
  const app = express();
  app.disable('x-powered-by');
  app.get('/healthz', (_, response) => {
    send(response, ALIVE);
  });
  const answerUnknown = (request: IncomingMessage, response: ServerResponse, path: string): void => {
    telemetry.pathUnknown();
    if (request.headers['x-twilio-signature'] !== undefined) telemetry.signedRequestAstray(path);
    send(response, NOT_FOUND);
  };
  app.use((request, response) => {
    answerUnknown(request, response, pathOf(request) ?? '');
  });
  app.use(handleError);

  return (request, response) => {
    const path = pathOf(request);
    const route = path === undefined ? undefined : routeOf(normalized(path));
    if (route) serve(route, request, response).catch(() => answerInternalError(response));
    else if (path === undefined) answerUnknown(request, response, '');
    else app(request, response);
  };
}

/** A link's path is that of the page and one part more, its token. */
function routeOf(path: string): PublicRoute | undefined {
  const isLink = path.startsWith(LINK_PATH) && !path.includes('/', LINK_PATH.length);
  return isLink ? 'link' : ROUTES.get(path);
}

/** Missing where the target of the request is no URL, such as `http://%@a/`: Node throws for some of these. */
function pathOf(request: IncomingMessage): string | undefined {
  try {
    return parseUrl(request)?.pathname ?? undefined;
  } catch {
    return undefined;
  }
}

function normalized(path: string): string {
  return path
    .replace(/\/{2,}/g, '/')
    .replace(/\/$/, '')
    .toLowerCase();
}

function send(response: ServerResponse, { status, headers, body }: WebhookAnswer): void {
  // A 204 has no body, and so no length (RFC 9110, 8.6).
  const length = status === 204 ? {} : { 'content-length': Buffer.byteLength(body) };
  response.writeHead(status, { ...headers, ...length }).end(body);
}

/** Replaces Express' own answer, which shows the error. Express detects an error handler by its four parameters. */
const handleError: ErrorRequestHandler = (_error, _request, response, next) => {
  if (response.headersSent) next();
  else answerInternalError(response);
};

function answerInternalError(response: ServerResponse): void {
  if (response.headersSent) response.destroy();
  else send(response, errorAnswer(new WebhookError('internal_error')));
}
