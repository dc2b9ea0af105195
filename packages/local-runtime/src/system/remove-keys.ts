import { connectRedis } from '@optout-sync/shared/redis';

/** Removes all keys under a prefix, 500 at a time, so that a Redis with other users is never blocked for long. */
export async function removeKeys(url: string, prefix: string): Promise<void> {
  const redis = connectRedis({ mode: 'standalone', url, prefix }, 'store', () => undefined);
  try {
    let cursor = '0';
    do {
      const [next, keys] = await redis.scan(cursor, 'MATCH', `${prefix}:*`, 'COUNT', 500);
      if (keys.length > 0) await redis.unlink(...keys);
      cursor = next;
    } while (cursor !== '0');
  } finally {
    redis.disconnect();
  }
}
