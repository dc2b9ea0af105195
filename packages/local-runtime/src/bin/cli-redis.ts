import type { Env } from '@optout-sync/shared/config';

/** Sentinels and clusters are found through REDIS_NODES. */
export function redisIsConfigured({ REDIS_URL, REDIS_URL_FILE, REDIS_MODE = '' }: Env): boolean {
  return Boolean(REDIS_URL || REDIS_URL_FILE) || !['', 'standalone'].includes(REDIS_MODE);
}
