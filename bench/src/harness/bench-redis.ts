import { Redis } from 'ioredis';
import { waitFor } from '@optout-sync/local-runtime/process';
import { provideRedis } from '@optout-sync/local-runtime/redis';
import { moveTo } from '../process/cores';

/** A Redis for one benchmark, with an append-only file. */
export interface BenchRedis {
  readonly url: string;
  readonly pid: number | undefined;
  /** A connection for the benchmark itself. */
  readonly client: Redis;
  /** Deletes all data, also from the append-only file. */
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
  // An automatic rewrite would fork during a round; clear() rewrites between rounds.
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
