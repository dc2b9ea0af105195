import { createLogger, createRegistry } from '@optout-sync/shared/service';
import { createTelemetry, type Telemetry } from './telemetry';
import { WebhookError, type WebhookErrorCode } from './webhook/webhook-error';

describe('telemetry', () => {
  let lines: string[];
  let telemetry: Telemetry;
  const registry = createRegistry('ingest');
  const create = (write: (line: string) => void) => {
    registry.clear();
    telemetry = createTelemetry(registry, createLogger({ service: 'ingest', level: 'info' }, { write }), {
      workspaces: ['default'],
      workspaceOf: () => 'default',
    });
  };
  beforeEach(() => {
    lines = [];
    create((line) => void lines.push(line));
  });

  it('counts every outcome from zero', async () => {
    const text = await registry.metrics();
    expect(text).toContain('optout_webhooks_total{route="messages",outcome="accepted"} 0');
    expect(text).toContain('optout_webhooks_total{route="messages",outcome="bad_signature"} 0');
    expect(text).toContain(
      'optout_dead_letters_total{stage="ingest",code="message_not_understood",workspace="default"} 0',
    );
    expect(text).toContain('optout_webhook_duration_seconds_count{route="studio"} 0');
  });

  it('logs an unknown path with the one that is meant, and without what may be a secret or a phone number', async () => {
    telemetry.signedRequestAstray(`/${'5ec2e7'.repeat(6)}/+14155550101/\u001b[2J/webhooks/twilio/message`);
    expect(JSON.parse(lines.join(''))).toMatchObject({
      code: 'unknown_path',
      path: '/[redacted]/[redacted]/[redacted]/webhooks/twilio/message',
      expected: '/webhooks/twilio/messages',
    });
    expect(await registry.metrics()).toMatch(/^optout_signed_requests_astray_total(\{.*\})? 1$/m);
  });

  it('logs the cause of a refusal', async () => {
    telemetry.webhookRefused(
      'messages',
      new WebhookError('storage_unavailable', {}, { cause: new Error('OOM') }),
      0.2,
    );
    expect(lines.join('')).toMatch(/"outcome":"storage_unavailable".*"message":"OOM"/);
    expect(await registry.metrics()).toContain('optout_webhook_duration_seconds_count{route="messages"} 1');
  });

  it('logs one line in 10 s for each kind of refusal, and every internal failure', () => {
    const clock = jest.spyOn(performance, 'now').mockReturnValue(1_000);
    const refuse = (...codes: WebhookErrorCode[]) => {
      for (const code of codes) telemetry.webhookRefused('messages', new WebhookError(code), 0.001);
    };
    refuse('bad_signature', 'bad_signature', 'bad_signature', 'missing_signature');
    refuse('storage_unavailable', 'storage_unavailable');
    clock.mockReturnValue(10_999);
    refuse('bad_signature');
    clock.mockReturnValue(11_000);
    refuse('bad_signature');
    clock.mockRestore();
    expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject([
      { outcome: 'bad_signature', suppressed: 0 },
      { outcome: 'missing_signature', suppressed: 0 },
      { outcome: 'storage_unavailable' },
      { outcome: 'storage_unavailable' },
      { outcome: 'bad_signature', suppressed: 3 },
    ]);
  });

  it('logs an outage once, and the next one again', () => {
    for (let i = 0; i < 3; i++) telemetry.redisLost(new Error('ECONNREFUSED'));
    telemetry.redisBack();
    telemetry.redisLost(new Error('ECONNREFUSED'));
    expect(lines.filter((line) => line.includes('Redis is gone'))).toHaveLength(2);
    expect(lines.filter((line) => line.includes('Redis is back'))).toHaveLength(1);
  });

  it('logs of a webhook where it is kept and how long it took', () => {
    const logFields = { messageSid: 'SM1', source: 'webhook' };
    telemetry.webhookHandled('messages', { outcome: 'accepted', kept: 'spool', logFields }, 0.0123456);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      msg: 'webhook handled',
      kept: 'spool',
      seconds: 0.012,
      ...logFields,
    });
  });

  it('never throws', () => {
    create(() => {
      throw new Error('disk full');
    });
    expect(() => {
      telemetry.redisBack();
      telemetry.webhookHandled('messages', { outcome: 'accepted', logFields: {} }, Number.NaN);
    }).not.toThrow();
  });
});
