import { needsRedis, redisIsConfigured } from './cli-redis';

test.each([
  ['dlq list', true],
  ['audit', true],
  ['dlq', false],
  ['dlq replay --help', false],
  ['config check', false],
])('%s needs Redis: %s', (words, expected) => {
  expect(needsRedis(words.split(' '))).toBe(expected);
});

test('Redis is configured by URL, by file, or by a mode that finds it through nodes', () => {
  expect(redisIsConfigured({ REDIS_URL: 'redis://127.0.0.1' })).toBe(true);
  expect(redisIsConfigured({ REDIS_URL_FILE: '/run/secrets/redis' })).toBe(true);
  expect(redisIsConfigured({ REDIS_MODE: 'cluster' })).toBe(true);
  expect(redisIsConfigured({ REDIS_URL: '', REDIS_MODE: 'standalone' })).toBe(false);
});
