import express, { type ErrorRequestHandler, type Express, type Request, type Response } from 'express';
import type { TrustProxy } from '../config/trust-proxy';
import type { WebhookRoute } from '../webhook/handled';
import { Refusal, refusalAnswer } from '../webhook/refusal';
import type { Receiver, WebhookAnswer } from '../webhook/request';
import { readBody } from './read-body';

const WEBHOOK_PATHS: Readonly<Record<WebhookRoute, string>> = {
  messages: '/webhooks/twilio/messages',
  status: '/webhooks/twilio/status',
  events: '/webhooks/twilio/events',
  studio: '/webhooks/twilio/studio',
};

const ALIVE: WebhookAnswer = {
  status: 200,
  headers: { 'content-type': 'application/json' },
  body: '{"status":"ok"}\n',
};
const NOT_FOUND: WebhookAnswer = {
  status: 404,
  headers: { 'content-type': 'application/json' },
  body: '{"code":"not_found","message":"There is nothing here."}\n',
};

/** The public routes, in Express. Every method of a webhook's path goes to its receiver, which knows the right ones. */
export function createApp(options: {
  readonly receivers: Readonly<Record<WebhookRoute, Receiver>>;
  readonly trustProxy: TrustProxy;
}): Express {
  const app = express();
  app.disable('x-powered-by');
  app.set('trust proxy', options.trustProxy);
  for (const [route, path] of Object.entries(WEBHOOK_PATHS)) {
    const receive = options.receivers[route as WebhookRoute];
    app.all(path, async (request, response) => {
      send(response, await receive(webhookRequest(request)));
    });
  }
  app.get('/healthz', (_, response) => {
    send(response, ALIVE);
  });
  app.use((_, response) => {
    send(response, NOT_FOUND);
  });
  app.use(failed);
  return app;
}

function webhookRequest(request: Request) {
  return {
    method: request.method,
    url: request.originalUrl,
    // Both believe X-Forwarded-* only from a proxy that is trusted.
    baseUrl: `${request.protocol}://${request.host}`,
    headers: request.headers,
    readBody: (limit: number) => readBody(request, limit),
  };
}

function send(response: Response, { status, headers, body }: WebhookAnswer): void {
  // A 204 has no body, and so no length (RFC 9110, 8.6).
  const length = status === 204 ? {} : { 'content-length': Buffer.byteLength(body) };
  response.writeHead(status, { ...headers, ...length }).end(body);
}

/** Express's own answer would show the error. It takes all four parameters to be told one. */
const failed: ErrorRequestHandler = (_error, _request, response, next) => {
  if (response.headersSent) next();
  else send(response, refusalAnswer(new Refusal('internal_error')));
};
