import { createLogger, createRegistry } from '@optout-sync/shared/service';
import { createTelemetry, type Telemetry } from './telemetry';
import { WebhookError, type WebhookErrorCode } from './webhook/webhook-error';

describe('the events', () => {
  let lines: string[];
  let events: Telemetry;
  const registry = createRegistry('ingest');
  const create = (write: (line: string) => void) => {
    registry.clear();
    events = createTelemetry(registry, createLogger({ service: 'ingest', level: 'info' }, { write }));
  };
  beforeEach(() => {
    lines = [];
    create((line) => void lines.push(line));
  });

  it('count every outcome from zero', async () => {
    const text = await registry.metrics();
    expect(text).toContain('optout_webhooks_total{route="messages",outcome="accepted"} 0');
    expect(text).toContain('optout_webhooks_total{route="messages",outcome="bad_signature"} 0');
  });

  it('tell of a refusal what caused it', async () => {
    events.webhookRefused(
      'messages',
      new WebhookError('storage_unavailable', {}, { cause: new Error('OOM') }),
      0.2,
    );
    expect(lines.join('')).toMatch(/"outcome":"storage_unavailable".*"message":"OOM"/);
    expect(await registry.metrics()).toContain('optout_webhook_duration_seconds_count{route="messages"} 1');
  });

  it('tell of a flood of refusals once in 10 s for each kind, and of every failure of ours', () => {
    const clock = jest.spyOn(performance, 'now').mockReturnValue(1_000);
    const refuse = (...codes: WebhookErrorCode[]) => {
      for (const code of codes) events.webhookRefused('messages', new WebhookError(code), 0.001);
    };
    refuse('bad_signature', 'bad_signature', 'bad_signature', 'missing_signature');
    refuse('storage_unavailable', 'storage_unavailable');
    clock.mockReturnValue(10_999);
    refuse('bad_signature');
    clock.mockReturnValue(11_000);
    refuse('bad_signature');
    clock.mockRestore();
    expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject([
      { outcome: 'bad_signature', unsaid: 0 },
      { outcome: 'missing_signature', unsaid: 0 },
      { outcome: 'storage_unavailable' },
      { outcome: 'storage_unavailable' },
      { outcome: 'bad_signature', unsaid: 3 },
    ]);
  });

  it('tell of an outage once, and of the next one again', () => {
    for (let i = 0; i < 3; i++) events.redisLost(new Error('ECONNREFUSED'));
    events.redisBack();
    events.redisLost(new Error('ECONNREFUSED'));
    expect(lines.filter((line) => line.includes('not usable'))).toHaveLength(2);
  });

  it('never throw', () => {
    create(() => {
      throw new Error('disk full');
    });
    expect(() => {
      events.redisBack();
      events.webhookTaken('messages', { outcome: 'accepted', about: {} }, Number.NaN);
    }).not.toThrow();
  });
});
