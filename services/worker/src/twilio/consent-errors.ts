import { JobError, toJobError, type ErrorCode, type JobErrorKind } from '@optout-sync/shared/domain';
import { TwilioApiError, type ConsentResult } from '@optout-sync/twilio-api';

const KINDS: Readonly<Record<string, readonly [JobErrorKind, ErrorCode]>> = {
  twilio_unauthorized: ['misconfigured', 'twilio_unauthorized'],
  twilio_rate_limited: ['rate_limited', 'twilio_rate_limited'],
  twilio_unreachable: ['transient', 'twilio_unreachable'],
  twilio_answer_not_understood: ['transient', 'twilio_answer_not_understood'],
  twilio_refused: ['rejected', 'twilio_refused'],
};

/** The error of a request that Twilio did not answer with a result for each item. */
export function toConsentError(error: unknown): JobError {
  const known = error instanceof TwilioApiError ? KINDS[error.code] : undefined;
  if (!(error instanceof TwilioApiError) || !known) return toJobError(error);
  const [kind, code] = known;
  const { message, status, retryAfterMs } = error;
  return new JobError(kind, code, message, {
    operation: 'consents',
    ...(status !== undefined && { status }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });
}

/** Twilio's names of what is wrong, such as INVALID_SENDER_ID: other texts might repeat what was sent. */
const NAME_OF_FAULT = /^[A-Z][A-Z_]*$/;
const SERVER_ERROR = 'INTERNAL_SERVER_ERROR';
const SENDER_FAULT = 'INVALID_SENDER_ID';

/**
 * The error of one item that Twilio refused, while it took the others. Its own fault passes, also where it names it for one item alone
 * (https://www.twilio.com/docs/api/errors/30646).
 *
 * @param sender of the item: one of ours
 */
export function itemError(
  { errorCode, messages }: Extract<ConsentResult, { kind: 'refused' }>,
  sender: string,
): JobError {
  const faults = messages.filter((message) => NAME_OF_FAULT.test(message));
  const said = `${String(errorCode)}${faults.length === 0 ? '' : `: ${faults.join(', ')}`}`;
  const options = { operation: 'consents' };
  if (faults.length > 0 && faults.every((fault) => fault === SERVER_ERROR)) {
    return new JobError('transient', 'twilio_unreachable', `Twilio failed at it with ${said}`, options);
  }
  if (faults.includes(SENDER_FAULT)) {
    const message = `Twilio refuses the sender ${sender} with ${said}`;
    return new JobError('rejected', 'twilio_sender_refused', message, options);
  }
  return new JobError('rejected', 'twilio_consent_refused', `Twilio refuses it with ${said}`, options);
}
