const TESTS = '\\.test\\.ts$|/test-support/';
const OUR_OWN = '^(packages|services|e2e|bench)/';
const DRIVERS = 'node_modules/(ioredis|bullmq|axios|express|pino|prom-client)/';

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'services-apart',
      comment: 'Services meet in Redis only: what both speak belongs to packages/shared.',
      severity: 'error',
      from: { path: '^services/([^/]+)/' },
      to: { path: '^services/', pathNot: '^services/$1/' },
    },
    {
      name: 'shared-stands-alone',
      comment: 'packages/shared is below everything else of ours.',
      severity: 'error',
      from: { path: '^packages/shared/' },
      to: { path: OUR_OWN, pathNot: '^packages/shared/' },
    },
    {
      name: 'packages-below-services',
      severity: 'error',
      from: { path: '^packages/' },
      to: { path: '^(services|e2e|bench)/' },
    },
    {
      name: 'no-test-gear-in-production',
      comment: 'The containers do not hold testkit or the launcher.',
      severity: 'error',
      from: { path: '^(services|packages/(shared|cli))/', pathNot: TESTS },
      to: { path: '^packages/(testkit|launcher)/' },
    },
    {
      name: 'domain-is-pure',
      comment: 'Rules take values and give values: no Redis, HTTP, clock or configuration.',
      severity: 'error',
      from: { path: '/domain/', pathNot: TESTS },
      to: { path: `${DRIVERS}|/config/|/src/(redis|queues|ledger|logging|metrics)/` },
    },
    {
      name: 'domain-does-no-io',
      severity: 'error',
      from: { path: '/domain/', pathNot: TESTS },
      to: { dependencyTypes: ['core'], pathNot: '^(node:)?(assert|crypto|url|util|buffer)$' },
    },
    {
      name: 'only-tests-import-tests',
      severity: 'error',
      from: { path: OUR_OWN, pathNot: TESTS },
      to: { path: TESTS },
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-orphans',
      severity: 'error',
      from: {
        orphan: true,
        path: OUR_OWN,
        pathNot: [TESTS, '/dist/', '/(index|main)\\.ts$', '/bin/', '/preload/', '\\.d\\.ts$'],
      },
      to: {},
    },
    {
      name: 'resolvable',
      comment: 'An import that leads nowhere, or to a package the workspace does not name.',
      severity: 'error',
      from: { path: OUR_OWN },
      to: { couldNotResolve: true },
    },
    {
      name: 'named-in-package-json',
      severity: 'error',
      from: { path: '^(packages|services)/', pathNot: TESTS },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], pathNot: '@types/' },
    },
  ],
  options: {
    // Our own packages resolve to their built form: enough to see who imports whom.
    doNotFollow: { path: '(^|/)(node_modules|dist)/' },
    tsPreCompilationDeps: true,
    combinedDependencies: false,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['require', 'node', 'default', 'types'],
    },
  },
};
