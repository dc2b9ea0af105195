import { DEMO_CROWD_SIZE, DEMO_PHONES, seedDemoPeople } from './control/demo-people';
import { startCustomerIoSandbox } from './start-sandbox';
import { apiClient, phoneIs } from './test-support/api-client';

test('search finds the demo people, or does not, as their names say', async () => {
  const sandbox = await startCustomerIoSandbox({ appRps: 0 });
  seedDemoPeople(sandbox.workspace());
  const api = apiClient(sandbox.url, sandbox.workspace());
  const found = async (value: string) => (await api.search(phoneIs(value), '?limit=1000')).body.ids ?? [];
  const counts = Object.fromEntries(
    await Promise.all(
      Object.entries(DEMO_PHONES).map(async ([name, phone]) => [name, (await found(phone)).length]),
    ),
  ) as unknown;
  const withoutId = await found(DEMO_PHONES.withoutId);
  const stored = [await found('(415) 555-0142'), await found('14155550143'), await found('415.555.0144')];
  await sandbox.stop();
  expect(counts).toEqual({
    single: 1,
    household: 3,
    withoutId: 1,
    withoutEmail: 1,
    optedOut: 1,
    byLink: 1,
    storedNational: 0,
    storedDigits: 0,
    storedDotted: 0,
    crowd: DEMO_CROWD_SIZE,
    late: 0,
    unknown: 0,
  });
  expect(withoutId).toEqual(['']);
  expect(stored).toEqual([['fay'], ['gus'], ['hal']]);
});
