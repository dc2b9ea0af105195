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

/** The error of one item that Twilio refused, while it took the others. */
export function itemError({ errorCode, messages }: Extract<ConsentResult, { kind: 'refused' }>): JobError {
  const faults = messages.filter((message) => NAME_OF_FAULT.test(message)).join(', ');
  const said = `Twilio refuses it with ${String(errorCode)}${faults === '' ? '' : `: ${faults}`}`;
  return new JobError('rejected', 'twilio_consent_refused', said, { operation: 'consents' });
}
