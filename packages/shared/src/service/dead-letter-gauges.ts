import type { Registry } from 'prom-client';
import type { DeadLetterStore } from '../dead-letters/dead-letter-store';
import { DEAD_LETTER_GAUGES } from './metric-definitions';
import { gaugesReadAtScrape } from './read-at-scrape';

/** Registers how many dead letters wait by stage and code, and how long the oldest has, read from Redis at each scrape. */
export function registerDeadLetterGauges(
  registry: Registry,
  deadLetters: Pick<DeadLetterStore, 'countByFailure'>,
): void {
  gaugesReadAtScrape(registry, DEAD_LETTER_GAUGES, async () => {
    const failures = await deadLetters.countByFailure();
    return ({ waiting, oldestAge }) => {
      const now = Date.now();
      for (const { stage, code, count, oldest = now } of failures) {
        waiting.set({ stage, code }, count);
        oldestAge.set({ stage, code }, Math.max(0, now - oldest) / 1_000);
      }
    };
  });
}
