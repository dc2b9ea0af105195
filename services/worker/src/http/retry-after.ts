/** Longer than this nobody is waited for on the word of one header. */
const LONGEST_MS = 3_600_000;

/** `Retry-After` in ms, an hour at most: seconds or a date (RFC 9110, 10.2.3); `undefined` for none that can be read. */
export function parseRetryAfter(header: unknown): number | undefined {
  if (typeof header !== 'string' || header === '') return undefined;
  const seconds = Number(header);
  const ms = Number.isNaN(seconds) ? Date.parse(header) - Date.now() : seconds * 1_000;
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(0, ms), LONGEST_MS);
}
