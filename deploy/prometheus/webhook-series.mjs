/** Twilio's signature is missing or wrong, or the account that it is said to be of is not configured. */
export const REFUSED = 'bad_signature|missing_signature|unknown_account';

/**
 * Webhooks without those that nobody verifies: status callbacks without a code that is acted on, which are counted as ignored. There are two
 * to four of them for each message that is sent, so beside them nothing else is a large share.
 *
 * @param {(selector?: string) => string} range reads `optout_webhooks_total` over a time, such as `increase(...)`
 */
export const checked = (range) => `(${range()} unless ${range('route="status",outcome="ignored"')})`;
