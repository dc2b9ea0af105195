// By path, from the sources: jest maps our packages to their sources in tests only.
const { provideRedis } = require('../packages/local-runtime/src/redis');
const { testcontainersRedis } = require('../packages/testkit/src/redis/testcontainers-redis');

/** Provides one real Redis for the whole run; test files read its address from TEST_REDIS_URL. */
module.exports = async function globalSetup() {
  const log = (line) => process.stderr.write(`${line}\n`);
  const mayInstall = process.env.NO_INSTALL === undefined;
  const options = { url: process.env.TEST_REDIS_URL, log, mayInstall };
  const redis = await provideRedis(options, testcontainersRedis);
  process.env.TEST_REDIS_URL = redis.url;
  globalThis.optoutSyncTestRedis = redis;
};
