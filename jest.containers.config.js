const config = require('./jest.config.js');

/** Tests of running containers, those in folders named `containers`: `npm run test:containers` brings them up. */
module.exports = {
  ...config,
  testMatch: ['**/containers/**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/containers/upgrade/'],
  // The containers have a Redis of their own.
  globalSetup: undefined,
  globalTeardown: undefined,
  maxWorkers: 1,
};
