const config = require('./jest.config.js');

/** Tests that `npm test` leaves to CI because of their length: `*.long.test.ts`. Most have a short form beside them. */
module.exports = {
  ...config,
  testMatch: ['**/*.long.test.ts'],
  testPathIgnorePatterns: ['/node_modules/'],
};
