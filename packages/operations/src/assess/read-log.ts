import { messagePages } from '@optout-sync/twilio-api';
import type { AssessConfig } from './config';
import type { LogFold } from './fold-log';
import type { Pacer } from '../pacer';

/** A part of the log that is held in memory at once. Parts are read oldest first, while Twilio lists the latest message first. */
const PART_MS = 86_400_000;
/** Twilio's times are to the second, so parts whose ends differ by one share no message. */
const SECOND = 1_000;

/**
 * Reads the log of a span into `fold`, day by day.
 *
 * @param span in ms since 1970, inclusive
 * @param onPage is called after each page, with how many days were read before its own, and how many there are
 * @throws {TwilioApiError}
 */
export async function readLog(
  { account, twilioApiUrl: apiUrl }: Pick<AssessConfig, 'account' | 'twilioApiUrl'>,
  { since, until }: { readonly since: number; readonly until: number },
  fold: LogFold,
  { pacer, onPage }: { readonly pacer: Pacer; readonly onPage: (done: number, days: number) => void },
): Promise<void> {
  const beforeRequest = (): Promise<void> => pacer.turn();
  const first = Math.floor(since / SECOND) * SECOND;
  const last = Math.ceil(until / SECOND) * SECOND;
  const days = Math.ceil((last - first + SECOND) / PART_MS);
  for (let start = first; start <= last; start += PART_MS) {
    const end = Math.min(start + PART_MS - SECOND, last);
    const pages = messagePages(account, { since: start, until: end }, { apiUrl, beforeRequest });
    for await (const page of pages) {
      fold.add(page);
      onPage((start - first) / PART_MS, days);
    }
    fold.endPart();
  }
}
