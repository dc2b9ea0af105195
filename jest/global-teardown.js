/** Stops what global-setup.js started; a Redis given by TEST_REDIS_URL is left alone. */
module.exports = async function globalTeardown() {
  await globalThis.optoutSyncTestRedis?.stop();
};
