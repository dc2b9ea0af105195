/** Twilio's error of a message to a number that opted out (https://www.twilio.com/docs/api/errors/21610). */
const BLOCKED = 21_610;

/** Whether an error code, a number or its text, tells of a blocked message. */
export const isBlocked = (errorCode: unknown): boolean =>
  errorCode === BLOCKED || errorCode === String(BLOCKED);
