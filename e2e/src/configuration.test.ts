import { errorsIn } from '@optout-sync/shared/config';
import { System } from '@optout-sync/testkit/system';

jest.setTimeout(180_000);

let system: System;
beforeAll(async () => {
  system = await System.start();
});
afterAll(async () => {
  await system.stop();
});

/** Each is dangerous and looks right. */
const OF_INGEST = {
  TWILIO_AUTH_TOKEN: 'your-auth-token,0123456789abcdef',
  PUBLIC_URL: 'optout.example.com/webhooks/twilio/messages',
  TRUST_PROXY: '0.0.0.0/0',
  FORWARD_URLS: 'http://crm.example.com/inbound',
};
const OF_WORKER = {
  CUSTOMERIO_APP_URL: 'http://api.customer.io',
  CUSTOMERIO_CAMPAIGN_WEBHOOK_URL: 'http://hooks.example.com/campaign',
  RECONCILE_PERIOD: '24 hours',
};

const errorsOf = async (start: Promise<unknown>): Promise<string[]> => {
  const { message } = await start.then(
    () => new Error('it started'),
    (error: unknown) => error as Error,
  );
  return [...new Set(errorsIn(message.split('\n')))];
};

describe('a dangerous configuration', () => {
  it('is refused by the services and by config check with the same errors, all at once', async () => {
    const ofIngest = await errorsOf(system.startIngest(OF_INGEST));
    const ofWorker = await errorsOf(system.startWorker(OF_WORKER));
    const names = (errors: readonly string[]) => errors.map((error) => error.split(/[: ]/)[0]).sort();
    expect(names(ofIngest)).toEqual(['TWILIO_AUTH_TOKEN', ...Object.keys(OF_INGEST)].sort());
    expect(names(ofWorker)).toEqual(Object.keys(OF_WORKER).sort());

    // The discard port: there is no Redis.
    const env = { ...OF_INGEST, ...OF_WORKER, REDIS_URL: 'redis://127.0.0.1:9' };
    const { code, error } = await system.cli(['config', 'check'], env);
    expect(code).toBe(78);
    expect(errorsIn(error.split('\n')).sort()).toEqual([...ofIngest, ...ofWorker].sort());
  });
});

describe('a configuration that may be a mistake', () => {
  it('is warned of by the service and by config check alike, without values', async () => {
    const env = { INSECURE_HTTP_HOSTS: 'gateway.internal', TWILIO_AUTH_TOKENS: 's3cret' };
    await system.startIngest(env);
    const lines = system.logLines.filter((line) => line.includes('"code":"config_warning"'));
    expect(lines.map((line) => (JSON.parse(line) as { msg: string }).msg)).toEqual([
      'INSECURE_HTTP_HOSTS: what is sent to gateway.internal by http can be read and changed on its way',
      'TWILIO_AUTH_TOKENS is set, but nothing here reads it: is TWILIO_AUTH_TOKEN meant?',
    ]);
    expect(lines.join()).not.toContain('s3cret');
    const { code, out } = await system.cli(['config', 'check'], env);
    expect(code).toBe(0);
    for (const line of lines) expect(out).toContain((JSON.parse(line) as { msg: string }).msg);
  });
});
