const { readFileSync, readdirSync } = require('node:fs');
const { join } = require('node:path');

const WORKSPACES = [
  ...['packages', 'services'].flatMap((folder) =>
    readdirSync(join(__dirname, folder)).map((name) => `${folder}/${name}`),
  ),
  'e2e',
  'faults',
  'bench',
];

/** Maps what each workspace exports to its source: tests run the sources, so a stale build can neither hide nor cause a failure. */
function sourcesOfExports() {
  const mapped = {};
  for (const workspace of WORKSPACES) {
    const { name, exports = {} } = JSON.parse(
      readFileSync(join(__dirname, workspace, 'package.json'), 'utf8'),
    );
    for (const [subpath, target] of Object.entries(exports)) {
      const source = target.default.replace('./dist/', 'src/').replace(/\.js$/, '.ts');
      mapped[`^${name}${subpath.slice(1)}$`] = `<rootDir>/${workspace}/${source}`;
    }
  }
  return mapped;
}

/** @type {import('jest').Config} */
module.exports = {
  roots: WORKSPACES.map((workspace) => `<rootDir>/${workspace}`),
  testEnvironment: 'node',
  testMatch: ['**/*.test.ts'],
  modulePathIgnorePatterns: ['/dist/'],
  moduleNameMapper: sourcesOfExports(),
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
