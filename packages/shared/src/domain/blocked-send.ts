/** Twilio's error code for a message to a number that opted out (https://www.twilio.com/docs/api/errors/21610). */
const BLOCKED = 21_610;

/** Whether an error code, as a number or as text, means a blocked message. */
export const isBlocked = (errorCode: unknown): boolean =>
  errorCode === BLOCKED || errorCode === String(BLOCKED);

/** Whether an unparsed form may report a blocked message: it contains the error code, or digits as `%3x`. */
export const mayBeBlocked = (form: string): boolean => form.includes(String(BLOCKED)) || form.includes('%3');

/**
 * The longest time between the send of a message and the report that it was blocked, in ms: Twilio queues a message for at
 * most 36,000 seconds (https://www.twilio.com/docs/api/errors/90007).
 */
export const SEND_UNCERTAINTY_MS = 36_000_000;

/**
 * Returns the time by which the opt-out that a blocked send (Twilio's error 21610) proves is ordered, in ms since 1970. The
 * error proves that the number was opted out when the message was sent, not when it is reported. Without `sentAt` the
 * message may be as old as Twilio's queue allows. The opt-out never undoes a START after that time.
 */
export function blockedSendOrder(send: { readonly reportedAt: number; readonly sentAt?: number }): number {
  return Math.max(0, send.sentAt ?? send.reportedAt - SEND_UNCERTAINTY_MS);
}
