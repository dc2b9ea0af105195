/** A request to Twilio's REST API that failed for good: a stable code, and a message for operators without credentials. */
export class TwilioApiError extends Error {
  /** The status of the response, if there was one. */
  readonly status: number | undefined;
  /** Twilio's own error code, such as 20003. */
  readonly twilioCode: number | undefined;
  /** How long Twilio asked us to wait, in ms. */
  readonly retryAfterMs: number | undefined;

  constructor(
    readonly code: string,
    message: string,
    response: {
      readonly status?: number;
      readonly twilioCode?: number | undefined;
      readonly retryAfterMs?: number | undefined;
    } = {},
  ) {
    super(message);
    this.name = 'TwilioApiError';
    this.status = response.status;
    this.twilioCode = response.twilioCode;
    this.retryAfterMs = response.retryAfterMs;
  }
}

/** The error of a response that is not of Twilio's API, such as a proxy's, or that has not the documented form. */
export const unexpectedResponse = (where?: string): TwilioApiError =>
  new TwilioApiError(
    'twilio_answer_not_understood',
    where === undefined
      ? "the response is not of Twilio's API"
      : `the response has not the form of Twilio's API: ${where}`,
  );
