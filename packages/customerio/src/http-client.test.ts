import { inspect } from 'node:util';
import { startCustomerIoSandbox, type CustomerIoSandbox } from '@optout-sync/customerio-sandbox';
import { toJobError, type JobError } from '@optout-sync/shared/domain';
import { failureOf } from './classify-response';
import { CustomerIoClient } from './http-client';

describe('failureOf', () => {
  it.each([
    [200, undefined, undefined],
    [207, undefined, undefined],
    [301, 'misconfigured', 'customerio_wrong_region'],
    [308, 'misconfigured', 'customerio_wrong_region'],
    [401, 'misconfigured', 'customerio_unauthorized'],
    [403, 'misconfigured', 'customerio_unauthorized'],
    [408, 'transient', 'customerio_server_error'],
    [425, 'transient', 'customerio_server_error'],
    [500, 'transient', 'customerio_server_error'],
    [503, 'transient', 'customerio_server_error'],
    [429, 'limited', 'customerio_rate_limited'],
    [400, 'refused', 'customerio_refused'],
    [404, 'refused', 'customerio_refused'],
    [422, 'refused', 'customerio_refused'],
  ])('takes %i for %s %s', (status, kind, code) => {
    expect(failureOf({ status, headers: {} })).toEqual(
      kind && expect.objectContaining({ kind, code, status }),
    );
  });

  it.each([
    ['2', 2_000],
    ['0', 0],
    [undefined, undefined],
    ['soon', undefined],
  ])('reads Retry-After %p as %p ms', (header, ms) => {
    expect(failureOf({ status: 429, headers: { 'retry-after': header } })?.retryAfterMs).toBe(ms);
  });
});

describe('HttpClient', () => {
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
        () => new Error('it worked'),
        (error: unknown) => error,
      ),
    );

  it('answers with what Customer.io says', async () => {
    expect((await region()).data).toMatchObject({ region: 'us' });
    expect(observed).toEqual(['region 200']);
  });

  it.each([
    ['an answer that never comes', { kind: 'hang' as const }, 'customerio_timeout'],
    ['an answer that drips', { kind: 'drip' as const, bytesPerSecond: 5 }, 'customerio_timeout'],
    ['a reset', { kind: 'reset' as const }, 'customerio_unreachable'],
  ])('gives up on %s', async (_, effect, code) => {
    sandbox.fault({ match: {}, effect });
    expect(await failing()).toMatchObject({ kind: 'transient', code });
    expect(observed).toEqual([`region ${code}`]);
  });

  it('follows no redirect, so that the credentials go nowhere else', async () => {
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

  it('hangs no credentials on its failures', async () => {
    sandbox.fault({ match: {}, effect: { kind: 'reset' } });
    const failure = await failing();
    expect(inspect(failure, { depth: 9 })).not.toMatch(/basic/i);
  });
});
