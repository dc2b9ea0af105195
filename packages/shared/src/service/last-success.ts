import type { Cluster, Redis } from 'ioredis';
import type { Registry } from 'prom-client';
import type { MetricDefinition } from './metric-definitions';
import { gaugesReadAtScrape } from './read-at-scrape';

/** Commands that an operator runs at intervals, and whose end is stored. */
const TIMED_COMMANDS = ['backfill'] as const;
export type TimedCommand = (typeof TIMED_COMMANDS)[number];

/**
 * What is read of the commands at each scrape. A command itself ends before anybody scrapes it.
 *
 * @public for the tests of the documents
 */
export const LAST_SUCCESS_GAUGES = {
  lastSuccess: {
    name: 'optout_last_success_timestamp_seconds',
    help: 'When a command last ended as it should, in seconds since 1970; 0 where it never did. Use max by (command).',
    type: 'gauge',
    labels: ['command'],
  },
} as const satisfies Record<string, MetricDefinition>;

const keyOf = (prefix: string): string => `${prefix}:last-success`;

/** Stores that a command has ended as it should. @param at in ms since 1970 */
export async function storeSuccess(
  redis: Redis | Cluster,
  prefix: string,
  command: TimedCommand,
  at: number,
): Promise<void> {
  await redis.hset(keyOf(prefix), command, String(at));
}

/** Registers when each command last succeeded, read from Redis at each scrape. */
export function registerLastSuccess(registry: Registry, redis: Redis | Cluster, prefix: string): void {
  gaugesReadAtScrape(registry, LAST_SUCCESS_GAUGES, async () => {
    const stored = await redis.hgetall(keyOf(prefix));
    return ({ lastSuccess }) => {
      for (const command of TIMED_COMMANDS)
        lastSuccess.set({ command }, Number(stored[command] ?? 0) / 1_000);
    };
  });
}
