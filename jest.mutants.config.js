const config = require('./jest.config.js');

/** Tests that a seeded defect must fail: those in folders named `mutants`. Each starts a run with the mutated sources. */
module.exports = {
  ...config,
  testMatch: ['**/mutants/**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/'],
  maxWorkers: 1,
};
