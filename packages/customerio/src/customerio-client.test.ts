import { inspect } from 'node:util';
import { startCustomerIoSandbox, type CustomerIoSandbox } from '@optout-sync/customerio-sandbox';
import { toJobError, type JobError } from '@optout-sync/shared/domain';
import { CustomerIoClient } from './customerio-client';

describe('CustomerIoClient', () => {
  let sandbox: CustomerIoSandbox;
  let observed: string[];
  let client: CustomerIoClient;

  beforeEach(async () => {
    sandbox = await startCustomerIoSandbox();
    const { siteId, trackApiKey } = sandbox.workspace();
    const authorization = `Basic ${Buffer.from(`${siteId}:${trackApiKey}`).toString('base64')}`;
    observed = [];
    client = new CustomerIoClient(
      { baseUrl: sandbox.trackUrl, authorization, timeoutMs: 400 },
      (operation, result) => observed.push(`${operation} ${result}`),
    );
  });
  afterEach(async () => {
    client.close();
    await sandbox.stop();
  });

  const region = () => client.send({ operation: 'region', method: 'GET', path: '/api/v1/accounts/region' });
  const failing = async (): Promise<JobError> =>
    toJobError(
      await region().then(
        () => new Error('it succeeded'),
        (error: unknown) => error,
      ),
    );

  it('resolves with the response', async () => {
    expect(await region()).toMatchObject({ region: 'us' });
    expect(observed).toEqual(['region 200']);
  });

  it.each([
    ['a response that never comes', { kind: 'hang' as const }, 'customerio_timeout'],
    ['a response that drips', { kind: 'drip' as const, bytesPerSecond: 5 }, 'customerio_timeout'],
    ['a connection reset', { kind: 'reset' as const }, 'customerio_unreachable'],
  ])('fails transiently on %s', async (_, effect, code) => {
    sandbox.fault({ match: {}, effect });
    expect(await failing()).toMatchObject({ kind: 'transient', code });
    expect(observed).toEqual([`region ${code}`]);
  });

  it('follows no redirect, so that no other host gets the credentials', async () => {
    sandbox.fault({
      match: {},
      effect: {
        kind: 'status',
        status: 307,
        headers: { location: `${sandbox.urls.eu}/api/v1/accounts/region` },
      },
    });
    expect(await failing()).toMatchObject({ code: 'customerio_wrong_region' });
    expect(sandbox.requests()).toHaveLength(1);
  });

  it('attaches no credentials to its errors', async () => {
    sandbox.fault({ match: {}, effect: { kind: 'reset' } });
    const failure = await failing();
    expect(inspect(failure, { depth: 9 })).not.toMatch(/basic/i);
  });
});
