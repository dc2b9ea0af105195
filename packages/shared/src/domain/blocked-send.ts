/** Twilio's error of a message to a number that opted out (https://www.twilio.com/docs/api/errors/21610). */
const BLOCKED = 21_610;

/** Whether an error code, a number or its text, tells of a blocked message. */
export const isBlocked = (errorCode: unknown): boolean =>
  errorCode === BLOCKED || errorCode === String(BLOCKED);

/** Whether a form that is not parsed yet may tell of a blocked message: its code stands there, or digits in `%3x` form. */
export const mayBeBlocked = (form: string): boolean => form.includes(String(BLOCKED)) || form.includes('%3');

/**
 * How long before it is reported as blocked a message may have been sent: Twilio queues none for longer than 36,000
 * seconds (https://www.twilio.com/docs/api/errors/90007).
 */
export const SEND_UNCERTAINTY_MS = 36_000_000;

/**
 * When the opt-out that a blocked send (Twilio's error 21610) proves was said for certain, in ms since 1970. The error
 * proves that the number was opted out when the message was sent, not when it is reported: without `sentAt` the message
 * may be as old as Twilio lets it grow. A START newer than that is never undone by it.
 */
export function blockedSendOrder(send: { readonly reportedAt: number; readonly sentAt?: number }): number {
  return Math.max(0, send.sentAt ?? send.reportedAt - SEND_UNCERTAINTY_MS);
}
