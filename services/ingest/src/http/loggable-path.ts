const LONGEST = 255;
const REDACTED = '[redacted]';

/** Words of letters, with a short number behind each, such as `v2` or `sms-inbound`. */
const WORDS = /^[a-z]{0,24}\d{0,4}(?:[-_./ ][a-z]{0,24}\d{0,4}){0,4}$/i;
/** As many digits as a short phone number has. */
const MANY_DIGITS = 7;
/** A word in several cases, such as `twilioMessagesInbound`, has fewer. */
const MANY_CHANGES_OF_CASE = 4;

/**
 * A path of a stranger's request for the log: its beginning, without the segments that may be a token, a phone number or an
 * address. What is left is printable.
 */
export function loggablePath(path: string): string {
  const shown = path.slice(0, LONGEST);
  const hasPhone = count(shown, /\d/g) >= MANY_DIGITS;
  return shown
    .split('/')
    .map((segment) => (isHarmless(segment, hasPhone) ? segment : REDACTED))
    .join('/');
}

function isHarmless(segment: string, hasPhone: boolean): boolean {
  const text = decoded(segment);
  if (text === undefined || !WORDS.test(text) || (hasPhone && /\d/.test(text))) return false;
  return count(text, /[a-z][A-Z]/g) < MANY_CHANGES_OF_CASE;
}

function decoded(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}

const count = (text: string, pattern: RegExp): number => text.match(pattern)?.length ?? 0;
