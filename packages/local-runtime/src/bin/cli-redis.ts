import type { Env } from '@optout-sync/shared/config';

/** Whether a command of optout-sync works on Redis: `config` and help texts do not. */
export function needsRedis([command, ...rest]: readonly string[]): boolean {
  if (command === 'config' || rest.some((word) => ['help', '--help', '-h'].includes(word))) return false;
  return command === 'audit' || rest.length > 0;
}

/** Sentinels and clusters are found through REDIS_NODES. */
export function redisIsConfigured({ REDIS_URL, REDIS_URL_FILE, REDIS_MODE = '' }: Env): boolean {
  return Boolean(REDIS_URL || REDIS_URL_FILE) || !['', 'standalone'].includes(REDIS_MODE);
}
