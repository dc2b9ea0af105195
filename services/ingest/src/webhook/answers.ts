import type { WebhookAnswer } from './request';

/** The answer to a message: TwiML that sends no reply. Twilio reports any other content type as error 12300. */
export const TWIML: WebhookAnswer = {
  status: 200,
  headers: { 'content-type': 'text/xml' },
  body: '<Response/>',
};

/** The answer to a status callback. Twilio does not read it. */
export const NO_CONTENT: WebhookAnswer = { status: 204, headers: {}, body: '' };

export function jsonAnswer(
  status: number,
  content: unknown,
  headers: WebhookAnswer['headers'] = {},
): WebhookAnswer {
  return {
    status,
    headers: { 'content-type': 'application/json', ...headers },
    body: `${JSON.stringify(content)}\n`,
  };
}
