import { CircuitState } from 'cockatiel';
import { createLogger, createRegistry } from '@optout-sync/shared/service';
import { createMetrics, WORKER_METRICS } from './metrics';
import { createTelemetry } from './telemetry';

describe('createMetrics', () => {
  it('registers every metric of the table with its labels', () => {
    const registry = createRegistry('worker');
    createMetrics(registry);
    const registered = registry.getMetricsAsArray().map(({ name }) => name);
    expect(registered).toEqual(expect.arrayContaining(Object.values(WORKER_METRICS).map(({ name }) => name)));
    expect(registered).toContain('optout_dead_letters_total');
  });
});

describe('createTelemetry', () => {
  const setUp = () => {
    const lines: string[] = [];
    const log = createLogger(
      { service: 'worker', level: 'info' },
      { write: (line) => void lines.push(line) },
    );
    const registry = createRegistry('worker');
    return { lines, registry, telemetry: createTelemetry(registry, log) };
  };

  it('never throws, so that a label that does not exist fails no job', async () => {
    const { telemetry, registry } = setUp();
    expect(() => {
      telemetry.jobFinished(Symbol('queue') as never, undefined as never, Number.NaN);
      telemetry.deadLettered(undefined as never, 'id', []);
    }).not.toThrow();
    telemetry.breakerChanged('default', 'app', CircuitState.Open);
    expect(await registry.metrics()).toMatch(
      /^optout_customerio_breaker_state{workspace="default",api="app".*} 2$/m,
    );
  });

  it('logs the errors of a connection or queue once for each, however many there are', () => {
    const { telemetry, lines } = setUp();
    for (let n = 0; n < 3; n++) {
      telemetry.redisFailed('store', new Error('ECONNREFUSED'));
      telemetry.consumerFailed('replays', new Error('READONLY'));
      telemetry.consumerFailed('forwards', new Error('READONLY'));
    }
    expect(lines.map((line) => (JSON.parse(line) as { code: string }).code)).toEqual([
      'redis_unavailable',
      'worker_error',
      'worker_error',
    ]);
  });
});
