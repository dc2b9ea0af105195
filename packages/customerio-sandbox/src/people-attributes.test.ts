import { startCustomerIoSandbox } from './start-sandbox';
import { apiClient } from './test-support/api-client';

test('responds flat, with values as text and without unknown ids', async () => {
  const sandbox = await startCustomerIoSandbox();
  const attributes = { phone: '+14155550101', sms_unsubscribe: true, visits: 3 };
  const cioId = sandbox
    .workspace()
    .addPerson({ email: 'a@example.com', attributes, attributesAt: 1_772_000_000 });
  const { body } = await apiClient(sandbox.url, sandbox.workspace()).attributes([cioId, 'a3ffffff']);
  await sandbox.stop();
  expect(body.customers).toEqual([
    {
      id: '',
      identifiers: { cio_id: cioId, id: null, email: 'a@example.com' },
      attributes: {
        cio_id: cioId,
        email: 'a@example.com',
        phone: '+14155550101',
        sms_unsubscribe: 'true',
        visits: '3',
      },
      timestamps: { phone: 1_772_000_000, sms_unsubscribe: 1_772_000_000, visits: 1_772_000_000 },
      unsubscribed: false,
      devices: [],
    },
  ]);
});

test('responds nested when configured so', async () => {
  const sandbox = await startCustomerIoSandbox({ attributesShape: 'nested' });
  const cioId = sandbox.workspace().addPerson({ id: 'a' });
  const { body } = await apiClient(sandbox.url, sandbox.workspace()).attributes([cioId]);
  await sandbox.stop();
  expect(body.customers).toMatchObject([{ customer: { id: 'a', identifiers: { cio_id: cioId } } }]);
});

test('leaves the times out when configured so', async () => {
  const sandbox = await startCustomerIoSandbox({ attributeTimestamps: false });
  const cioId = sandbox.workspace().addPerson({ id: 'a' });
  const { body } = await apiClient(sandbox.url, sandbox.workspace()).attributes([cioId]);
  await sandbox.stop();
  expect(body.customers[0]).not.toHaveProperty('timestamps');
});

test('accepts 1 to 100 ids of a known type', async () => {
  const sandbox = await startCustomerIoSandbox();
  const api = apiClient(sandbox.url, sandbox.workspace());
  const statuses = [
    await api.attributes([]),
    await api.attributes(Array.from({ length: 101 }, (_, n) => `a${n}`)),
    await api.attributes([1]),
    await api.call('POST', '/v1/customers/attributes?id_type=phone', { ids: ['a'] }),
    await api.attributes(Array.from({ length: 100 }, (_, n) => `a${n}`)),
  ].map(({ status }) => status);
  await sandbox.stop();
  expect(statuses).toEqual([400, 400, 400, 400, 200]);
});
