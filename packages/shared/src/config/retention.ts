import { z } from 'zod';

const DAY_MS = 86_400_000;
/** As many days as the longest year, so that no year is cut short. */
const DAYS_A_YEAR = 366;
const SHORTEST_DAYS = 400;
const TEN_YEARS_MS = 10 * DAYS_A_YEAR * DAY_MS;

const MISTAKE = 'must be a number of years or days, 400 days at least, such as 10y or 4000d';

/**
 * How long messages that decide nothing are stored, as `10y`. Not shorter than Twilio stores messages: a backfill would bring back what
 * was removed. @returns ms
 */
export const retention = z
  .string()
  .regex(/^[1-9]\d{0,4}[dy]$/, MISTAKE)
  .transform((text) => Number(text.slice(0, -1)) * (text.endsWith('y') ? DAYS_A_YEAR : 1) * DAY_MS)
  .refine((ms) => ms >= SHORTEST_DAYS * DAY_MS, MISTAKE);

/**
 * Returns a sentence where the retention is shorter than a law lets somebody rely on an opt-out, and where nothing carries it out.
 *
 * @param sweepMs how often the sweep runs, which removes the messages; undefined for never
 */
export function retentionWarnings(ms: number | undefined, sweepMs: number | undefined): string[] {
  if (ms === undefined) return [];
  const short =
    'RETENTION: it is shorter than 10 years. In Virginia an opt-out holds for at least 10 years (since 2026-01-01). The opt-outs ' +
    'themselves stay in force, but the other messages that show what somebody said are removed before that';
  const idle =
    'RETENTION: nothing is removed, since the sweep removes what is older, and RECONCILE_PERIOD=off runs none';
  return [...(ms < TEN_YEARS_MS ? [short] : []), ...(sweepMs === undefined ? [idle] : [])];
}
