const { WORKSPACES, sourcesOfExports } = require('./jest/workspaces');

/** @param {{ tsx: boolean }} syntax whether the files hold JSX, which changes the meaning of `<Type>value` */
const swc = ({ tsx }) => [
  '@swc/jest',
  {
    jsc: {
      parser: { syntax: 'typescript', tsx },
      transform: { react: { runtime: 'automatic', importSource: 'preact' } },
      target: 'es2023',
    },
    module: { type: 'commonjs' },
    sourceMaps: 'inline',
  },
];

/** @type {import('jest').Config} */
module.exports = {
  roots: WORKSPACES.map((workspace) => `<rootDir>/${workspace}`),
  testEnvironment: 'node',
  testMatch: ['**/*.test.ts'],
  // See jest.long.config.js, jest.release.config.js, jest.alone.config.js, jest.containers.config.js, jest.upgrade.config.js and jest.mutants.config.js.
  testPathIgnorePatterns: [
    '/node_modules/',
    '\\.(long|release)\\.test\\.ts$',
    '/alone/',
    '/containers/',
    '/mutants/',
  ],
  modulePathIgnorePatterns: ['/dist/'],
  // Tests run the sources, so that a stale build can neither hide nor cause a failure.
  moduleNameMapper: Object.fromEntries(
    sourcesOfExports().map(({ module: name, source }) => [`^${name}$`, `<rootDir>/${source}`]),
  ),
  resolver: '<rootDir>/jest/sources-only-resolver.js',
  transform: { '^.+\\.m?[jt]s$': swc({ tsx: false }), '^.+\\.tsx$': swc({ tsx: true }) },
  // preact has no CommonJS build, and Jest's `require` takes no ES modules.
  transformIgnorePatterns: ['/node_modules/(?!preact/)'],
  globalSetup: '<rootDir>/jest/global-setup.js',
  globalTeardown: '<rootDir>/jest/global-teardown.js',
  reporters: ['default', '<rootDir>/jest/totals-reporter.js'],
  // Most tests wait rather than compute: three use two cores well.
  maxWorkers: 3,
  // Generous, since other programs may need the machine too: waits end with their condition.
  testTimeout: 120_000,
};
