const config = require('./jest.config.js');

const [[pattern, [, options]]] = Object.entries(config.transform);

/** Runs tests on sources with a seeded defect; see jest/mutating-transform.js. */
module.exports = {
  ...config,
  transform: { [pattern]: ['<rootDir>/jest/mutating-transform.js', options] },
  maxWorkers: 1,
};
