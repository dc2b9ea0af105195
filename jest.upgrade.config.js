const config = require('./jest.containers.config.js');

/** Tests that replace the containers of the last release by the new ones: `npm run test:upgrade` brings them up. */
module.exports = {
  ...config,
  testMatch: ['**/containers/upgrade/**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/'],
};
