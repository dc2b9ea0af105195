import type { IncomingHttpHeaders } from 'node:http';
import type { ParsedUrlQuery } from 'node:querystring';
import type { Telemetry } from '../telemetry';
import { WebhookError, errorAnswer } from './webhook-error';

/** What a route is: how its requests are proven, what is done with them, and how they are answered. */
export interface Webhook<Proven, Result extends WebhookResult> {
  readonly route: WebhookRoute;
  /** Proves a request. Throws a Refusal. */
  authenticate(request: WebhookRequest): Promise<Proven>;
  /** Does with a proven request what the route is for. What has to be kept is durable when it resolves. */
  handle(proven: Proven, request: WebhookRequest): Promise<Result>;
  answer(handled: Result): WebhookAnswer;
  /** How a refusal is answered, where not by its own status. */
  refuse?(refusal: WebhookError): WebhookAnswer;
}

/** The receiver of one route: proves the request, hands it on, answers, and accounts for it. */
export function createReceiver<Proven, Result extends WebhookResult>(
  webhook: Webhook<Proven, Result>,
  events: Pick<Telemetry, 'webhookTaken' | 'webhookRefused'>,
): Receiver {
  const { route } = webhook;
  return async (request) => {
    const startedAt = performance.now();
    const seconds = () => (performance.now() - startedAt) / 1000;
    try {
      const handled = await webhook.handle(await webhook.authenticate(request), request);
      events.webhookTaken(route, handled, seconds());
      return webhook.answer(handled);
    } catch (error) {
      const refusal =
        error instanceof WebhookError ? error : new WebhookError('internal_error', {}, { cause: error });
      events.webhookRefused(route, refusal, seconds());
      return webhook.refuse?.(refusal) ?? errorAnswer(refusal);
    }
  };
}

export const WEBHOOK_ROUTES = ['messages', 'status', 'events', 'studio'] as const;
export type WebhookRoute = (typeof WEBHOOK_ROUTES)[number];

/** How a proven webhook ends: kept for the workers, no keyword, of no concern to us, kept for an operator. */
export const HANDLED_OUTCOMES = ['accepted', 'not_a_keyword', 'ignored', 'dead_lettered'] as const;

/** What became of a proven webhook; `about` goes into the log, so nothing private in it. */
export interface WebhookResult {
  readonly outcome: (typeof HANDLED_OUTCOMES)[number];
  readonly about: Readonly<Record<string, string>>;
}

/** A webhook as it came in, whatever HTTP framework took it. */
export interface WebhookRequest {
  readonly method: string;
  /** Path and query byte for byte as received: the signature covers them. */
  readonly url: string;
  /** `proto://host` as the socket, or a proxy that is trusted, says. */
  readonly baseUrl: string;
  /** By lower-case name. */
  readonly headers: IncomingHttpHeaders;
  /** The whole body. Throws a Refusal when it is larger than the limit or cut off. */
  readBody(limitBytes: number): Promise<Buffer>;
}

export interface WebhookAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Takes a webhook and answers it. Never rejects. */
export type Receiver = (request: WebhookRequest) => Promise<WebhookAnswer>;

/** What Twilio sent: a name that stands there several times has a list. No prototype, so any name is harmless. */
export type Params = Readonly<ParsedUrlQuery>;
