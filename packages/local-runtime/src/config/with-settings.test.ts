import { withSettings } from './with-settings';

test('a setting replaces the same one given by value or by file, and no other', () => {
  const env = { REDIS_URL: 'redis://a', REDIS_URL_FILE: '/run/secrets/redis', LOG_LEVEL: 'info' };
  expect(withSettings(env, { REDIS_URL: 'redis://b' })).toEqual({
    REDIS_URL: 'redis://b',
    LOG_LEVEL: 'info',
  });
});
