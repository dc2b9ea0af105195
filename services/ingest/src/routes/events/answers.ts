import { jsonAnswer } from '../../webhook/answers';
import type { WebhookAnswer } from '../../webhook/request';
import { errorAnswer, type WebhookError } from '../../webhook/webhook-error';

export const BATCH_ACCEPTED: WebhookAnswer = jsonAnswer(200, { status: 'accepted' });

/**
 * The answer to a batch that is refused. Event Streams retries for hours after a 503, and discards the events after any
 * 4xx but 429 (https://www.twilio.com/docs/events/faq/at-least-once-delivery). An auth token that is rotated a minute too
 * early must not lose an opt-out.
 */
export function batchErrorAnswer(error: WebhookError): WebhookAnswer {
  const answer = errorAnswer(error);
  return error.code === 'method_not_allowed' ? answer : { ...answer, status: 503 };
}
