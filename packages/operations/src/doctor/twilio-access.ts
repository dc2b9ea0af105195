import type { TwilioApiAccount } from '@optout-sync/shared/config';
import { RestClient, TwilioApiError } from '@optout-sync/twilio-api';
import { problem, type Area, type Finding } from './finding';

/** A check-up does not wait long for what does not answer. */
const ATTEMPTS = 2;
const TIMEOUT_MS = 10_000;

/** A client that gives up early. */
export function impatientClient(
  account: Pick<TwilioApiAccount, 'sid' | 'authTokens' | 'apiKey'>,
  apiUrl: string,
): RestClient {
  return new RestClient({ account, apiUrl, maxAttempts: ATTEMPTS, timeoutMs: TIMEOUT_MS });
}

/** The finding that an error of Twilio's API is. @throws what is no error of Twilio's API */
export function twilioProblem(area: Area, sid: string, error: unknown): Finding {
  if (!(error instanceof TwilioApiError)) throw error;
  const what = `account ${sid}: ${error.message}`;
  switch (error.code) {
    case 'twilio_unauthorized':
      return problem(area, 'twilio_credentials_rejected', what);
    case 'twilio_answer_not_understood':
      return problem(area, 'twilio_answer_unexpected', what);
    default:
      return problem(area, 'twilio_unreachable', what);
  }
}
