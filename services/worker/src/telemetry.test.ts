import { CircuitState } from 'cockatiel';
import { JobError, type E164 } from '@optout-sync/shared/domain';
import { createLogger, createRegistry } from '@optout-sync/shared/service';
import { createMetrics, WORKER_METRICS } from './metrics';
import { createTelemetry } from './telemetry';

const CONFIG = { workspaces: [{ name: 'default' }, { name: 'shop' }], workspaceOf: () => 'shop' };

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
    return { lines, registry, telemetry: createTelemetry(registry, log, CONFIG, Date.now) };
  };

  const samples = async (registry: ReturnType<typeof createRegistry>, line: string) =>
    (await registry.metrics()).split('\n').filter((text) => text.startsWith(line));
  const stop = { kind: 'stop', source: 'webhook' } as const;
  const subject = { workspace: 'shop', channel: 'sms', phone: '+14155550123' as E164 } as const;

  it('lets closed label sets start at 0 for each workspace', async () => {
    const { registry, telemetry } = setUp();
    for (const queue of ['inbound-events', 'customerio-sync-shop']) telemetry.consumerOpened(queue, 1);
    const zeros = [
      'optout_events_total{outcome="applied",kind="stop",source="webhook",lane="live",workspace="shop"',
      'optout_events_total{outcome="dead_lettered",kind="stop",source="backfill",lane="background",workspace="default"',
      'optout_dead_letters_total{stage="sync",code="customerio_refused",workspace="shop"',
      'optout_end_to_end_seconds_count{service="worker",source="webhook",kind="stop",lane="live",workspace="shop"',
      'optout_replayed_letters_total{outcome="failed"',
      'optout_enqueued_total{result="folded",kind="stop",source="webhook",lane="live",workspace="shop"',
      'optout_reconcile_drift_total{workspace="shop",kind="reverted",action="written"',
      'optout_people_changes_total{workspace="shop",outcome="requested"',
      'optout_job_failures_total{queue="customerio-sync-shop",code="customerio_unauthorized",workspace="shop"',
      'optout_job_failures_total{queue="inbound-events",code="account_unknown",workspace=""',
      'optout_unsupported_payloads_total{queue="inbound-events",code="event_version_unknown"',
      'optout_job_duration_seconds_count{service="worker",queue="inbound-events"',
      'optout_job_wait_seconds_count{service="worker",queue="inbound-events",lane="live"',
    ];
    for (const line of zeros) {
      expect(await samples(registry, line)).toEqual([expect.stringMatching(/ 0$/) as string]);
    }
  });

  it('counts the time of an event that was set early once, and of later ones when they are applied', async () => {
    const { registry, telemetry } = setUp();
    const event = (version: number) =>
      ({ ...stop, version, receivedAt: Date.now(), outcome: 'applied' }) as never;
    telemetry.written(subject, [event(1)]);
    telemetry.settled(subject, 'applied', [event(1), event(2)], 1, { lane: 'live' }, 1);
    const count =
      'optout_end_to_end_seconds_count{service="worker",source="webhook",kind="stop",lane="live",workspace="shop"}';
    expect(await samples(registry, count)).toEqual([expect.stringMatching(/ 2$/) as string]);
  });

  it('tells live opt-outs from those of replays, by workspace', async () => {
    const { registry, telemetry } = setUp();
    const settled = [
      { ...stop, messageSid: 'SM1', receivedAt: Date.now() - 90_000, version: 1, outcome: 'applied' },
    ] as never;
    telemetry.settled(subject, 'applied', settled, 1, { lane: 'live' }, undefined);
    telemetry.settled(subject, 'applied', settled, 1, { lane: 'background' }, undefined);
    const bucket = (lane: string, le: string) =>
      samples(
        registry,
        `optout_end_to_end_seconds_bucket{le="${le}",service="worker",source="webhook",kind="stop",lane="${lane}",workspace="shop"`,
      );
    for (const lane of ['live', 'background']) {
      expect(await bucket(lane, '60')).toEqual([expect.stringMatching(/ 0$/) as string]);
      expect(await bucket(lane, '300')).toEqual([expect.stringMatching(/ 1$/) as string]);
      const ended = `optout_events_total{outcome="applied",kind="stop",source="webhook",lane="${lane}",workspace="shop"`;
      expect(await samples(registry, ended)).toEqual([expect.stringMatching(/ 1$/) as string]);
    }
  });

  it('names the workspace of a dead letter and of a failed attempt', async () => {
    const { registry, telemetry } = setUp();
    const request = { version: 1, ...subject } as const;
    const undone = { type: 'sync', request, messageSids: [] };
    const deadLetter = { stage: 'sync', code: 'poison_job', message: '', undone, attempts: [] };
    telemetry.deadLettered(deadLetter as never, 'dl-1', [stop], 'live');
    const failure = new JobError('transient', 'customerio_timeout', 'late');
    telemetry.jobFailed('customerio-sync-shop', failure, 'retry', {});
    telemetry.jobFailed('inbound-events', failure, 'retry', {});
    for (const line of [
      'optout_dead_letters_total{stage="sync",code="poison_job",workspace="shop"',
      'optout_events_total{outcome="dead_lettered",kind="stop",source="webhook",lane="live",workspace="shop"',
      'optout_job_failures_total{queue="customerio-sync-shop",code="customerio_timeout",workspace="shop"',
      'optout_job_failures_total{queue="inbound-events",code="customerio_timeout",workspace=""',
    ]) {
      expect(await samples(registry, line)).toEqual([expect.stringMatching(/ 1$/) as string]);
    }
  });

  it('never throws, so that a label that does not exist fails no job', async () => {
    const { telemetry, registry } = setUp();
    expect(() => {
      telemetry.jobFinished(Symbol('queue') as never, undefined as never, Number.NaN, () =>
        Promise.resolve({}),
      );
      telemetry.deadLettered(undefined as never, 'id', []);
    }).not.toThrow();
    telemetry.breakerChanged('default', 'app', CircuitState.Open);
    expect(await registry.metrics()).toMatch(
      /^optout_customerio_breaker_state{workspace="default",api="app".*} 2$/m,
    );
  });

  it('logs the errors of a queue once for each, and those that follow from an outage of Redis not at all', () => {
    const { telemetry, lines } = setUp();
    for (let n = 0; n < 3; n++) {
      telemetry.consumerFailed('replays', new Error('READONLY'));
      telemetry.consumerFailed('forwards', new Error('READONLY'));
    }
    telemetry.redisClosed('store');
    telemetry.consumerFailed('people-changes', new Error('ECONNREFUSED'));
    for (let n = 0; n < 3; n++) telemetry.redisFailed('store', new Error('ECONNREFUSED'));
    telemetry.redisReady('store');
    expect(lines.map((line) => (JSON.parse(line) as { code?: string; msg: string }).code)).toEqual([
      'worker_error',
      'worker_error',
      'redis_unavailable',
      undefined,
    ]);
    expect(lines.at(-1)).toContain('Redis is back');
  });
});
