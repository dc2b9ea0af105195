const OURS = ['packages', 'services', 'e2e', 'bench'];

/** @type {import('jest').Config} */
module.exports = {
  roots: OURS.map((folder) => `<rootDir>/${folder}`),
  testEnvironment: 'node',
  testMatch: ['**/*.test.ts'],
  modulePathIgnorePatterns: ['/dist/'],
  // Tests run the sources, so a stale build can neither hide nor cause a failure.
  moduleNameMapper: {
    '^@optout-sync/(shared|testkit|cli)$': '<rootDir>/packages/$1/src/index.ts',
    '^@optout-sync/(ingest|worker)$': '<rootDir>/services/$1/src/index.ts',
  },
  transform: {
    '^.+\\.[jt]s$': [
      '@swc/jest',
      {
        jsc: { parser: { syntax: 'typescript' }, target: 'es2023' },
        module: { type: 'commonjs' },
        sourceMaps: 'inline',
      },
    ],
  },
  globalSetup: '<rootDir>/jest/global-setup.js',
  globalTeardown: '<rootDir>/jest/global-teardown.js',
  reporters: ['default', '<rootDir>/jest/totals-reporter.js'],
  maxWorkers: 2,
  testTimeout: 20_000,
};
