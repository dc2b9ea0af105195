import { WEBHOOK_PATHS } from '@optout-sync/shared/domain';

const PATHS: readonly string[] = Object.values(WEBHOOK_PATHS);
/** What Twilio calls. */
const OF_TWILIO = PATHS.filter((path) => path.includes('/twilio/'));

/** How many letters the last word of a path shares with the one that is meant: `message`, `messaging` and `messages`. */
const SHARED_LETTERS = 4;

/**
 * The path that was likely meant by one where there is nothing: the one that it contains, as behind a prefix, or one whose last
 * word begins alike; otherwise all that Twilio calls.
 */
export function likelyPath(path: string): string {
  const asked = path.toLowerCase();
  const contained = PATHS.find((known) => asked.includes(known));
  const alike = PATHS.filter((known) => beginning(known) === beginning(asked));
  return contained ?? (alike.length > 0 ? alike : OF_TWILIO).join(', ');
}

const beginning = (path: string): string | undefined =>
  path.replace(/\/+$/, '').split('/').at(-1)?.slice(0, SHARED_LETTERS);
