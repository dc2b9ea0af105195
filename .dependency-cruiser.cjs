const TESTS = '\\.test\\.ts$|/test-support/';
const OUR_OWN = '^(packages|services|e2e|faults|bench)/';
const DRIVERS = 'node_modules/(ioredis|bullmq|axios|express|pino|prom-client)/';
const TEST_PACKAGES = '^packages/(testkit|customerio-sandbox|twilio-simulator)/';

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'services-do-not-import-each-other',
      comment: 'Services meet in Redis only. What both need belongs to packages/shared.',
      severity: 'error',
      from: { path: '^services/([^/]+)/' },
      to: { path: '^services/', pathNot: '^services/$1/' },
    },
    {
      name: 'shared-imports-no-package-of-ours',
      severity: 'error',
      from: { path: '^packages/shared/' },
      to: { path: OUR_OWN, pathNot: '^packages/shared/' },
    },
    {
      name: 'packages-below-services',
      severity: 'error',
      from: { path: '^packages/' },
      to: { path: '^(services|e2e|faults|bench)/' },
    },
    {
      name: 'ingest-knows-no-ledger-and-no-customerio',
      comment: 'Ingest verifies and enqueues. The worker owns the ledger and the look-up in Customer.io.',
      severity: 'error',
      from: { path: '^services/ingest/', pathNot: TESTS },
      to: {
        path: '^packages/(customerio|twilio-api|operations|http-client)/|^packages/shared/(src|dist)/(ledger|review)/',
      },
    },
    {
      name: 'clients-are-for-worker-and-operations',
      severity: 'error',
      from: {
        path: OUR_OWN,
        pathNot: `^(services/worker|packages/(operations|cli|customerio|twilio-api))/|${TESTS}`,
      },
      to: { path: '^packages/(customerio|twilio-api)/' },
    },
    {
      name: 'operations-know-no-terminal-and-no-http',
      severity: 'error',
      from: { path: '^packages/operations/', pathNot: TESTS },
      to: { path: 'node_modules/(commander|cli-|express|preact)|^packages/cli/' },
    },
    {
      name: 'views-are-pure',
      comment: 'A view takes values and returns HTML: what it shows was read before.',
      severity: 'error',
      from: { path: '^services/console/src/.*-view\\.tsx$|^services/console/src/views/' },
      to: {
        path: `${DRIVERS}|^packages/shared/(src|dist)/(redis|queues|ledger|review|service)/`,
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'no-test-packages-in-production',
      comment: 'The images hold none of them but the commands that simulate Twilio.',
      severity: 'error',
      from: {
        path: '^(services|packages/(shared|customerio|http-client|twilio-api|operations|cli))/',
        pathNot: TESTS,
      },
      to: {
        path: `${TEST_PACKAGES}|^packages/local-runtime/`,
        pathNot: '^packages/twilio-simulator/(src|dist)/commands/',
      },
    },
    {
      name: 'npm-start-needs-no-testkit',
      severity: 'error',
      from: { path: '^packages/local-runtime/', pathNot: TESTS },
      to: { path: '^packages/testkit/|node_modules/testcontainers/' },
    },
    {
      name: 'domain-is-pure',
      comment: 'Rules take values and return values: no Redis, HTTP, clock or configuration.',
      severity: 'error',
      from: { path: '/domain/', pathNot: TESTS },
      to: { path: `${DRIVERS}|/config/|/src/(redis|queues|ledger|dead-letters|service)/` },
    },
    {
      name: 'domain-does-no-io',
      severity: 'error',
      from: { path: '/domain/', pathNot: TESTS },
      to: { dependencyTypes: ['core'], pathNot: '^(node:)?(assert|crypto|url|util|buffer)$' },
    },
    {
      name: 'config-knows-no-queue',
      severity: 'error',
      from: { path: '^packages/shared/src/config/', pathNot: TESTS },
      to: { path: '^packages/shared/src/(redis|queues|ledger|reconcile|dead-letters|review|service)/' },
    },
    {
      name: 'only-tests-import-tests',
      severity: 'error',
      from: { path: OUR_OWN, pathNot: TESTS },
      to: { path: TESTS },
    },
    { name: 'no-circles-of-files', severity: 'error', from: {}, to: { circular: true } },
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
      comment: 'An import that leads nowhere, or to a package that the workspace does not name.',
      severity: 'error',
      from: { path: OUR_OWN },
      to: { couldNotResolve: true },
    },
    {
      name: 'named-in-package-json',
      // testkit is for tests only: what it alone needs is a devDependency, so that `npm start` does not install it.
      severity: 'error',
      from: { path: '^(packages|services)/', pathNot: [TESTS, '^packages/testkit/'] },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], pathNot: '@types/' },
    },
  ],
  options: {
    // Packages of ours resolve to their built form: enough to see who imports whom.
    doNotFollow: { path: '(^|/)(node_modules|dist)/' },
    tsPreCompilationDeps: true,
    combinedDependencies: false,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['require', 'node', 'default', 'types'],
    },
  },
};
