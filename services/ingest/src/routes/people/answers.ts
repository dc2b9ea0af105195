import { jsonAnswer } from '../../webhook/answers';
import type { WebhookAnswer } from '../../webhook/request';
import { WEBHOOK_ERRORS, errorAnswer, type WebhookError } from '../../webhook/webhook-error';

/** The same whether or not a number is known, or usable: a token gives no access to the ledger. */
export const PEOPLE_ACCEPTED: WebhookAnswer = jsonAnswer(202, { status: 'accepted' });

/** Names what is wrong with the people of a request, by index and field. */
export function peopleErrorAnswer(error: WebhookError): WebhookAnswer {
  const { code, logFields } = error;
  if (code !== 'invalid_people') return errorAnswer(error);
  const { status, message } = WEBHOOK_ERRORS[code];
  return jsonAnswer(status, { code, message, wrong: logFields.wrong ?? '' });
}
