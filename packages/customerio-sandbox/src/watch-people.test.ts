import type { PersonChange } from './people/people-store';
import { startCustomerIoSandbox } from './start-sandbox';
import { apiClient, identify } from './test-support/api-client';

test('a watcher sees each change with its author and what it changed, also a write that came too late', async () => {
  const sandbox = await startCustomerIoSandbox();
  const workspace = sandbox.workspace();
  const api = apiClient(sandbox.url, workspace);
  const seen: PersonChange[] = [];
  workspace.watch((change) => seen.push(change));
  const cioId = workspace.addPerson({ attributes: { plan: 'x' }, attributesAt: 100 });
  await api.batch([
    identify({ cio_id: cioId }, { plan: 'y' }, 50),
    identify({ cio_id: cioId }, { plan: 'z' }, 150),
  ]);
  workspace.removePerson(cioId);
  await sandbox.stop();
  const [x, z] = [{ plan: 'x' }, { plan: 'z' }];
  expect(seen).toEqual([
    { cioId, by: 'test', written: x, before: {}, after: x },
    { cioId, by: 'api', written: { plan: 'y' }, before: x, after: x },
    { cioId, by: 'api', written: z, before: x, after: z },
    { cioId, by: 'test', written: undefined, before: z, after: {} },
  ]);
});

test('the attributes response lags while it is told to', async () => {
  const sandbox = await startCustomerIoSandbox();
  const workspace = sandbox.workspace();
  const api = apiClient(sandbox.url, workspace);
  const cioId = workspace.addPerson({ attributes: { plan: 'x' } });
  const customers = async (): Promise<unknown> => (await api.attributes([cioId])).body.customers;
  workspace.lagReads(60_000);
  workspace.setAttributes(cioId, { plan: 'y' });
  expect(await customers()).toMatchObject([{ attributes: { plan: 'x' } }]);
  workspace.lagReads(0);
  expect(await customers()).toMatchObject([{ attributes: { plan: 'y' } }]);
  await sandbox.stop();
});
