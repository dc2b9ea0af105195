const config = require('./jest.config.js');

/** Tests that measure times, so that nothing else may run beside them: those in folders named `alone`. */
module.exports = {
  ...config,
  testMatch: ['**/alone/**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/'],
  maxWorkers: 1,
};
