/** A request to Twilio's REST API that failed for good: a stable code, and a message for operators without credentials. */
export class TwilioApiError extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
    this.name = 'TwilioApiError';
  }
}
