import type { IncomingHttpHeaders, IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import express, { type ErrorRequestHandler, type Express, type Request } from 'express';
import type { TrustProxy } from '../config/trust-proxy';
import type { Receiver, WebhookAnswer, WebhookRequest, WebhookRoute } from '../webhook/receiver';
import { WebhookError, errorAnswer } from '../webhook/webhook-error';
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

/**
 * The public routes, in Express. Every method of a webhook's path goes to its receiver, which knows the right ones. A path
 * that is spelled as it stands in WEBHOOK_PATHS goes there without Express, which would take most of a webhook's time.
 */
export function createApp(options: {
  readonly receivers: Readonly<Record<WebhookRoute, Receiver>>;
  readonly trustProxy: TrustProxy;
}): RequestListener {
  const app = express();
  app.disable('x-powered-by');
  app.set('trust proxy', options.trustProxy);
  const serve = async (receive: Receiver, request: IncomingMessage, response: ServerResponse) => {
    send(response, await receive(new ReceivedRequest(app, request)));
  };
  const straight = new Map<string, Receiver>();
  for (const [route, path] of Object.entries(WEBHOOK_PATHS)) {
    const receive = options.receivers[route as WebhookRoute];
    straight.set(path, receive);
    app.all(path, (request, response) => serve(receive, request, response));
  }
  app.get('/healthz', (_, response) => {
    send(response, ALIVE);
  });
  app.use((_, response) => {
    send(response, NOT_FOUND);
  });
  app.use(failed);
  return (request, response) => {
    const receive = straight.get(pathOf(request.url ?? ''));
    if (receive) serve(receive, request, response).catch(() => failSafely(response));
    else app(request, response);
  };
}

function pathOf(url: string): string {
  const query = url.indexOf('?');
  return query < 0 ? url : url.slice(0, query);
}

/** A request of Node's, told as Express would tell it. */
class ReceivedRequest implements WebhookRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;

  constructor(
    private readonly app: Express,
    private readonly request: IncomingMessage,
  ) {
    this.method = request.method ?? '';
    this.url = request.url ?? '';
    this.headers = request.headers;
  }

  get baseUrl(): string {
    // As Express reads them: X-Forwarded-* is believed only from a proxy that is trusted.
    const seen = Object.create(this.app.request, {
      headers: { value: this.headers },
      socket: { value: this.request.socket },
    }) as Request;
    return `${seen.protocol}://${seen.host}`;
  }

  readBody(limitBytes: number): Promise<Buffer> {
    return readBody(this.request, limitBytes);
  }
}

function send(response: ServerResponse, { status, headers, body }: WebhookAnswer): void {
  // A 204 has no body, and so no length (RFC 9110, 8.6).
  const length = status === 204 ? {} : { 'content-length': Buffer.byteLength(body) };
  response.writeHead(status, { ...headers, ...length }).end(body);
}

/** Express's own answer would show the error. It takes all four parameters to be told one. */
const failed: ErrorRequestHandler = (_error, _request, response, next) => {
  if (response.headersSent) next();
  else failSafely(response);
};

function failSafely(response: ServerResponse): void {
  if (response.headersSent) response.destroy();
  else send(response, errorAnswer(new WebhookError('internal_error')));
}
