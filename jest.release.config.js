const config = require('./jest.config.js');

/** Tests that `npm run release:check` adds to those of CI: `*.release.test.ts`. */
module.exports = {
  ...config,
  testMatch: ['**/*.release.test.ts'],
  testPathIgnorePatterns: ['/node_modules/'],
};
