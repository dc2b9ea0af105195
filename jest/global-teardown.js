/** Stops the Redis that global-setup.js provides; one given by TEST_REDIS_URL keeps running. */
module.exports = async function globalTeardown() {
  await globalThis.optoutSyncTestRedis?.stop();
};
