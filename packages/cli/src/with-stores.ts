import {
  AuditTrail,
  Ledger,
  ReviewList,
  closeQueues,
  connectRedis,
  openQueues,
  queuePrefix,
  untilReady,
  within,
  type Queues,
} from '@optout-sync/shared';
import { CommandError } from './command-error';
import { readConfig } from './config/config';
import type { Terminal } from './terminal';

const CONNECT_TIMEOUT_MS = 3_000;

/** What is kept in Redis. */
export interface Stores {
  readonly queues: Queues;
  readonly ledger: Ledger;
  readonly reviewList: ReviewList;
  readonly audit: AuditTrail;
}

/** Runs a command's work on what is in Redis and closes the connection whatever happens. */
export async function withStores<Result>(
  { env }: Pick<Terminal, 'env'>,
  work: (stores: Stores) => Promise<Result>,
): Promise<Result> {
  const config = readConfig(env);
  let lastError: Error | undefined;
  const redis = connectRedis(config, 'store', (error) => {
    lastError = error;
  });
  try {
    await within(CONNECT_TIMEOUT_MS, untilReady(redis)).catch((error: unknown) => {
      const reason = (lastError ?? (error as Error)).message;
      throw new CommandError('redis_unavailable', `Redis cannot be reached (${reason})`, 'failed');
    });
    const queues = openQueues(redis, queuePrefix(config), { shards: config.shards });
    const { prefix } = config;
    try {
      return await work({
        queues,
        ledger: new Ledger(redis, { prefix }),
        reviewList: new ReviewList(redis, prefix),
        audit: new AuditTrail(redis, prefix),
      });
    } finally {
      await closeQueues(queues);
    }
  } finally {
    redis.disconnect();
  }
}
