/** Twilio's error of a message to a number that opted out (https://www.twilio.com/docs/api/errors/21610). */
const BLOCKED = 21_610;

/** Whether an error code, a number or its text, tells of a blocked message. */
export const isBlocked = (errorCode: unknown): boolean =>
  errorCode === BLOCKED || errorCode === String(BLOCKED);

/** Whether a form that is not parsed yet may tell of a blocked message: its code stands there, or digits in `%3x` form. */
export const mayBeBlocked = (form: string): boolean => form.includes(String(BLOCKED)) || form.includes('%3');
