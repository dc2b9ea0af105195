import { System } from '@optout-sync/testkit/system';

jest.setTimeout(120_000);

/** With .ci/release, the version of the images, such as `v24.1.0`. */
const { EXPECTED_NODE = process.version } = process.env;

let system: System;
beforeAll(async () => {
  system = await System.start();
});
afterAll(() => system.stop());

test('the tests, and the services that they start, run on the expected version of Node', async () => {
  expect(process.version).toBe(EXPECTED_NODE);
  await system.startIngest();
  await system.startWorker();
  expect(await system.metric('nodejs_version_info', `version="${EXPECTED_NODE}"`)).toBe(2);
});
