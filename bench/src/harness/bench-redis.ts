import { Redis } from 'ioredis';
import { waitFor } from '@optout-sync/local-runtime/process';
import { provideRedis } from '@optout-sync/local-runtime/redis';
import { moveTo } from './cores';

/** A Redis of one benchmark's own, with an append-only file. */
export interface BenchRedis {
  readonly url: string;
  readonly pid: number | undefined;
  /** A connection for whatever the benchmark asks it. */
  readonly client: Redis;
  /** Empties it, its append-only file too. */
  clear(): Promise<void>;
  stop(): Promise<void>;
}

export async function startRedis(
  cores: string | undefined,
  appendfsync: 'everysec' | 'always' = 'everysec',
): Promise<BenchRedis> {
  const redis = await provideRedis({ log: () => undefined });
  moveTo(cores, redis.pid);
  const client = new Redis(redis.url, { maxRetriesPerRequest: null });
  await client.config('SET', 'appendfsync', appendfsync);
  // It would fork in the midst of a round; clear() does it between rounds.
  await client.config('SET', 'auto-aof-rewrite-percentage', 0);
  return {
    url: redis.url,
    pid: redis.pid,
    client,
    async clear() {
      await client.flushall();
      await client.bgrewriteaof();
      await waitFor(
        async () =>
          /aof_rewrite_in_progress:0[\s\S]*aof_rewrite_scheduled:0/.test(await client.info('persistence')),
        { what: 'the append-only file to be rewritten', timeoutMs: 60_000 },
      );
    },
    async stop() {
      client.disconnect();
      await redis.stop();
    },
  };
}
