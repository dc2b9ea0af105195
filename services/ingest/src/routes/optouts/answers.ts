import { jsonAnswer } from '../../webhook/answers';
import type { WebhookAnswer } from '../../webhook/request';
import { WEBHOOK_ERRORS, errorAnswer, type WebhookError } from '../../webhook/webhook-error';
import type { IntakeResult } from './handle';
import { InvalidOptOuts } from './invalid-optouts';
import { ITEM_ERRORS } from './item-errors';

/** Enough to correct a request by. */
const MOST_ERRORS = 100;

/** The answer once everything is stored. It says nothing of the ledger: a token gives no access to it. */
export function intakeAnswer({ accepted, messageSids }: IntakeResult): WebhookAnswer {
  return jsonAnswer(202, { status: 'accepted', accepted, messageSids });
}

/** Names everything that is wrong with the items of a request, by index and field, up to a limit. */
export function intakeErrorAnswer(error: WebhookError): WebhookAnswer {
  if (!(error instanceof InvalidOptOuts)) return errorAnswer(error);
  const { status, message } = WEBHOOK_ERRORS.invalid_optouts;
  const errors = error.errors
    .slice(0, MOST_ERRORS)
    .map((one) => ({ ...one, message: ITEM_ERRORS[one.code] }));
  return jsonAnswer(status, { code: error.code, message, count: error.errors.length, errors });
}
