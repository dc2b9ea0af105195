import { Redis } from 'ioredis';
import { waitFor } from '@optout-sync/local-runtime/process';
import { provideRedis } from '@optout-sync/local-runtime/redis';
import { moveTo } from './machine';

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

/** The work of Redis since its start. */
export interface RedisWork {
  /** Commands in scripts included. */
  readonly commands: number;
  /** Reads from a connection: commands that arrive together count once. */
  readonly reads: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** CPU time in seconds. */
  readonly cpu: number;
}

export async function redisWork({ client }: BenchRedis): Promise<RedisWork> {
  const info = await client.info();
  const value = (name: string): number => Number(new RegExp(`^${name}:([\\d.]+)`, 'm').exec(info)?.[1]);
  return {
    commands: value('total_commands_processed'),
    reads: value('total_reads_processed'),
    bytesIn: value('total_net_input_bytes'),
    bytesOut: value('total_net_output_bytes'),
    cpu: value('used_cpu_user') + value('used_cpu_sys'),
  };
}

/** The work per event between two samples, for `count` events. */
export function perEvent(before: RedisWork, after: RedisWork, count: number): Record<string, number> {
  return {
    commands: (after.commands - before.commands) / count,
    reads: (after.reads - before.reads) / count,
    'bytes in': (after.bytesIn - before.bytesIn) / count,
    'bytes out': (after.bytesOut - before.bytesOut) / count,
    'Redis µs': ((after.cpu - before.cpu) * 1e6) / count,
  };
}
