import { openJobStores, type JobStores } from '@optout-sync/shared/dead-letters';
import { parseEnv, redisConfig, redisEnv } from '@optout-sync/shared/config';
import { Ledger } from '@optout-sync/shared/ledger';
import { connectRedis, queuePrefix, untilReady } from '@optout-sync/shared/redis';
import { ReviewList } from '@optout-sync/shared/review';

/** Redis servers that a test has started: the variables with which services find them, and how they stop. */
export interface SystemRedis {
  readonly env: Record<string, string>;
  stop(): Promise<void> | undefined;
}

/** What a system keeps in Redis, over a connection of the test's own. */
export interface Stores {
  readonly connection: ReturnType<typeof connectRedis>;
  readonly queues: JobStores;
  readonly reviews: ReviewList;
  readonly ledger: Ledger;
}

/** @param env the variables with which services find Redis, and QUEUE_PREFIX */
export async function openStores(env: Record<string, string>): Promise<Stores> {
  const config = redisConfig(parseEnv(redisEnv, env));
  const connection = connectRedis(config, 'worker', () => undefined);
  await untilReady(connection);
  // It reconnects by itself; without a listener ioredis prints each failed attempt.
  connection.on('error', () => undefined);
  return {
    connection,
    queues: openJobStores(connection, queuePrefix(config)),
    reviews: new ReviewList(connection, config.prefix),
    ledger: new Ledger(connection, { prefix: config.prefix }),
  };
}
