const { provideRedis } = require('../packages/local-runtime/src/redis');

/** One real Redis for the whole run; test files read its address from TEST_REDIS_URL. */
module.exports = async function globalSetup() {
  const redis = await provideRedis({
    url: process.env.TEST_REDIS_URL,
    log: (line) => process.stderr.write(`${line}\n`),
  });
  process.env.TEST_REDIS_URL = redis.url;
  globalThis.optoutSyncTestRedis = redis;
};
