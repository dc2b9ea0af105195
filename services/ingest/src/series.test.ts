import { metricOf } from './test-support/metrics';
import { runIngest, untilReady, type RunningIngest } from './test-support/running-ingest';

const HOSTILE = Array.from({ length: 200 }, (_, n) => ({
  method: ['POST', 'GET', 'PUT', 'DELETE', 'PATCH'][n % 5] ?? 'POST',
  path:
    ['/webhooks/twilio/messages', '/webhooks/twilio/events', '/webhooks/twilio/status', `/x${String(n)}`][
      n % 4
    ] ?? '/',
}));

describe('the metrics of ingest', () => {
  let ingest: RunningIngest;
  beforeEach(async () => {
    ingest = await runIngest(process.env.TEST_REDIS_URL ?? '');
    await untilReady(ingest);
  });
  afterEach(() => ingest.stop());
  const series = async () =>
    (await (await fetch(`${ingest.adminUrl}/metrics`)).text())
      .split('\n')
      .filter((line) => line.startsWith('optout_'))
      .map((line) => line.slice(0, line.lastIndexOf(' ')))
      .sort();

  it('get no series by hostile requests', async () => {
    const before = await series();
    for (const [n, { method, path }] of HOSTILE.entries()) {
      const body = method === 'GET' ? {} : { body: `AccountSid=AC${String(n)}&Body=x&${String(n)}=1` };
      await fetch(ingest.url + path, {
        method,
        headers: {
          'content-type': n % 3 === 0 ? `text/x${String(n)}` : 'application/x-www-form-urlencoded',
          'x-twilio-signature': `forged-${String(n)}`,
        },
        ...body,
      });
    }
    expect(await series()).toEqual(before);
    expect(await metricOf(ingest, 'optout_webhooks_total', { outcome: 'unknown_account' })).toBeGreaterThan(
      0,
    );
    expect(await metricOf(ingest, 'optout_unknown_paths_total', {})).toBe(HOSTILE.length / 4);
  });
});
