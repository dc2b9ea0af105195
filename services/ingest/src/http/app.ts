import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import express, { type ErrorRequestHandler } from 'express';
import parseUrl from 'parseurl';
import type { TrustProxy } from '@optout-sync/shared/config';
import { WEBHOOK_PATHS, type WebhookRoute } from '@optout-sync/shared/domain';
import { jsonAnswer } from '../webhook/answers';
import type { Receiver } from '../webhook/receiver';
import type { WebhookAnswer } from '../webhook/request';
import { WebhookError, errorAnswer } from '../webhook/webhook-error';
import { compileTrust } from './base-url';
import { NodeWebhookRequest } from './webhook-request';

/**
 * The routes that are served without Express, since they are nearly all of the traffic and Express would be most of their
 * cost: without it, a message takes 37 % less CPU time and a status callback 58 % less (docs/performance.md).
 */
const HOT_ROUTES: readonly WebhookRoute[] = ['messages', 'status'];
const EXPRESS_ROUTES: readonly WebhookRoute[] = ['events', 'studio', 'people'];

const ALIVE = jsonAnswer(200, { status: 'ok' });
const NOT_FOUND = jsonAnswer(404, { code: 'not_found', message: 'There is nothing here.' });

/**
 * The public routes. Every method of a webhook's path goes to its receiver, which refuses the wrong ones. Paths match as in
 * Express: in any case and with an optional slash at the end.
 */
export function createApp({
  receivers,
  trustProxy,
}: {
  readonly receivers: Readonly<Record<WebhookRoute, Receiver>>;
  readonly trustProxy: TrustProxy;
}): RequestListener {
  const trusts = compileTrust(trustProxy);
  const serve = async (route: WebhookRoute, request: IncomingMessage, response: ServerResponse) => {
    send(response, await receivers[route](new NodeWebhookRequest(request, trusts)));
  };
  const app = express();
  app.disable('x-powered-by');
  for (const route of EXPRESS_ROUTES) {
    app.all(WEBHOOK_PATHS[route], (request, response) => serve(route, request, response));
  }
  app.get('/healthz', (_, response) => {
    send(response, ALIVE);
  });
  app.use((_, response) => {
    send(response, NOT_FOUND);
  });
  app.use(handleError);

  const hotRoutes = new Map<string, WebhookRoute>(HOT_ROUTES.map((route) => [WEBHOOK_PATHS[route], route]));
  return (request, response) => {
    const route = hotRoutes.get(normalizedPath(request));
    if (!route) app(request, response);
    else serve(route, request, response).catch(() => answerInternalError(response));
  };
}

function normalizedPath(request: IncomingMessage): string {
  const path = parseUrl(request)?.pathname ?? '';
  return (path.endsWith('/') ? path.slice(0, -1) : path).toLowerCase();
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
