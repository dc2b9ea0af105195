import {
  closeQueues,
  connectRedis,
  openQueues,
  queuePrefix,
  untilReady,
  within,
  type Queues,
} from '@optout-sync/shared';
import { readConfig } from './config/config';
import type { Terminal } from './terminal';

const CONNECT_TIMEOUT_MS = 3_000;

/** Runs a command's work on the queues and closes the connection whatever happens. */
export async function withQueues<Result>(
  { env }: Pick<Terminal, 'env'>,
  work: (queues: Queues) => Promise<Result>,
): Promise<Result> {
  const config = readConfig(env);
  let lastError: Error | undefined;
  const redis = connectRedis(config, 'store', (error) => {
    lastError = error;
  });
  try {
    await within(CONNECT_TIMEOUT_MS, untilReady(redis)).catch((error: unknown) => {
      throw new Error(`Redis cannot be reached (${(lastError ?? (error as Error)).message})`);
    });
    const queues = openQueues(redis, queuePrefix(config));
    try {
      return await work(queues);
    } finally {
      await closeQueues(queues);
    }
  } finally {
    redis.disconnect();
  }
}
