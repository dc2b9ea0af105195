import { redisIsConfigured } from './cli-redis';

test('Redis is configured by URL, by file, or by a mode that finds it through nodes', () => {
  expect(redisIsConfigured({ REDIS_URL: 'redis://127.0.0.1' })).toBe(true);
  expect(redisIsConfigured({ REDIS_URL_FILE: '/run/secrets/redis' })).toBe(true);
  expect(redisIsConfigured({ REDIS_MODE: 'cluster' })).toBe(true);
  expect(redisIsConfigured({ REDIS_URL: '', REDIS_MODE: 'standalone' })).toBe(false);
});
