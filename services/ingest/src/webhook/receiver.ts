import type { PublicRoute } from '@optout-sync/shared/domain';
import { inSpan } from '@optout-sync/shared/tracing';
import type { WebhookAnswer, WebhookRequest } from './request';
import { checkHost } from './request-checks';
import { WebhookError, errorAnswer } from './webhook-error';

/** One route: how its requests are authenticated, handled and answered. */
export interface Webhook<Verified, Result extends WebhookResult> {
  readonly route: PublicRoute;
  /** @throws {WebhookError} when the request fails a check */
  authenticate(request: WebhookRequest): Promise<Verified>;
  /** The answer to an authenticated request that reports nothing. Such a request is neither handled nor counted. */
  answerProbe?(verified: Verified): WebhookAnswer | undefined;
  /** Handles an authenticated request. Resolves once everything that must be stored is durable. */
  handle(verified: Verified, request: WebhookRequest): Promise<Result>;
  answer(result: Result): WebhookAnswer;
  /** The answer to an error. The default is `errorAnswer`, which has the error's own status. */
  answerError?(error: WebhookError): WebhookAnswer;
}

/**
 * How an authenticated webhook ends: stored for the workers, not a keyword, not relevant to consent, or stored as a dead
 * letter.
 */
export const WEBHOOK_OUTCOMES = ['accepted', 'not_a_keyword', 'ignored', 'dead_lettered'] as const;

export interface WebhookResult {
  readonly outcome: (typeof WEBHOOK_OUTCOMES)[number];
  /** Where its content is durable; undefined where nothing was stored. */
  readonly kept?: 'redis' | 'spool' | undefined;
  /** For the log line, so without private data. */
  readonly logFields: Readonly<Record<string, string>>;
}

export interface WebhookEvents {
  webhookHandled(route: PublicRoute, result: WebhookResult, seconds: number): void;
  webhookRefused(route: PublicRoute, error: WebhookError, seconds: number): void;
}

/** Answers a webhook. Never rejects. */
export type Receiver = (request: WebhookRequest) => Promise<WebhookAnswer>;

/** The receiver of one route: authenticates, handles and answers each request, and reports it to telemetry. */
export function createReceiver<Verified, Result extends WebhookResult>(
  webhook: Webhook<Verified, Result>,
  telemetry: WebhookEvents,
): Receiver {
  const { route } = webhook;
  const receive = async (request: WebhookRequest): Promise<Received> => {
    const startedAt = performance.now();
    const seconds = () => (performance.now() - startedAt) / 1000;
    try {
      checkHost(request);
      const verified = await webhook.authenticate(request);
      const probed = webhook.answerProbe?.(verified);
      if (probed) return { answer: probed, end: { outcome: 'probe', logFields: {} } };
      const result = await webhook.handle(verified, request);
      telemetry.webhookHandled(route, result, seconds());
      return { answer: webhook.answer(result), end: result };
    } catch (cause) {
      const error = cause instanceof WebhookError ? cause : new WebhookError('internal_error', {}, { cause });
      telemetry.webhookRefused(route, error, seconds());
      const answer = webhook.answerError?.(error) ?? errorAnswer(error);
      return { answer, end: { outcome: error.code, logFields: error.logFields } };
    }
  };
  const span = { kind: 'server', attributes: { 'optout.route': route } } as const;
  return async (request) => {
    const { answer } = await inSpan(`webhook ${route}`, span, async (present) => {
      const received = await receive(request);
      const { outcome, logFields } = received.end;
      present?.setAttributes({ 'optout.outcome': outcome, 'optout.message_sid': logFields.messageSid });
      return received;
    });
    return answer;
  };
}

interface Received {
  readonly answer: WebhookAnswer;
  /** How it ended, for the trace. */
  readonly end: { readonly outcome: string; readonly logFields: WebhookResult['logFields'] };
}
