import type { WebhookResult, WebhookAnswer } from './receiver';
import { errorAnswer, type WebhookError } from './webhook-error';

/** To a message: TwiML that sends nothing back. Anything but XML would be Twilio's error 12300. */
export const TWIML: WebhookAnswer = {
  status: 200,
  headers: { 'content-type': 'text/xml' },
  body: '<Response/>',
};

/** To a status callback, whose answer Twilio does not read. */
export const NO_CONTENT: WebhookAnswer = { status: 204, headers: {}, body: '' };

/** To a batch of events. */
export const BATCH_TAKEN: WebhookAnswer = json(200, { status: 'accepted' });

/**
 * To a batch that is not taken: Event Streams delivers again for hours after a 503, and throws the events away after any
 * 4xx but 429 (https://www.twilio.com/docs/events/faq/at-least-once-delivery). A token that was rotated a minute too
 * early must not cost an opt-out.
 */
export function refuseBatch(refusal: WebhookError): WebhookAnswer {
  const answer = errorAnswer(refusal);
  return refusal.code === 'method_not_allowed' ? answer : { ...answer, status: 503 };
}

/** To a Studio flow, which can branch on it. */
export function studioAnswer({ outcome, said }: WebhookResult & { readonly said: string }): WebhookAnswer {
  switch (outcome) {
    case 'accepted':
      return json(200, { status: 'accepted', kind: said });
    case 'not_a_keyword':
    case 'ignored':
      return json(200, { status: 'ignored', kind: said });
    case 'dead_lettered':
      return json(202, { status: 'dead_lettered', kind: said });
    default:
      return outcome satisfies never;
  }
}

function json(status: number, content: unknown): WebhookAnswer {
  return { status, headers: { 'content-type': 'application/json' }, body: `${JSON.stringify(content)}\n` };
}
