import { Counter, Histogram, type Registry } from 'prom-client';
import { deadLettersTotal, neverThrowing, throttle, type Logger } from '@optout-sync/shared/service';
import { BROKEN_CODES, type BrokenCode } from './http/broken-request';
import {
  STREAM_OUTCOMES,
  STREAM_TYPES,
  type StreamOutcome,
  type StreamType,
} from './routes/events/event-type';
import { createSpoolEvents } from './spool/spool-events';
import type { SpoolEvents } from './spool/spooling-store';
import { HANDLED_OUTCOMES, WEBHOOK_ROUTES, type WebhookResult, type WebhookRoute } from './webhook/receiver';
import { WEBHOOK_ERRORS, type WebhookError, type WebhookErrorCode } from './webhook/webhook-error';

/** What happens in ingest, each told to metrics and log together. None of these ever throws. */
export interface Telemetry extends SpoolEvents {
  webhookTaken(route: WebhookRoute, handled: WebhookResult, seconds: number): void;
  webhookRefused(route: WebhookRoute, refusal: WebhookError, seconds: number): void;
  /** What a connection brought was no HTTP request, or not all of one in time. */
  requestBroken(code: BrokenCode): void;
  /** One event of a batch of Event Streams. */
  streamed(type: StreamType, outcome: StreamOutcome): void;
  redisLost(error: Error): void;
  redisBack(): void;
}

/** Anybody can bring these refusals about, as often as they like: of a flood, the log has one line in this time for each kind. */
const REFUSAL_LOG_MS = 10_000;

export function createTelemetry(registry: Registry, log: Logger): Telemetry {
  const { webhooks, durations, broken, streamed, deadLetters } = createMetrics(registry);
  const warnings = new Map<string, (line: object) => void>();
  const warnOf = (route: WebhookRoute, code: WebhookErrorCode) => {
    const kind = `${route} ${code}`;
    const present = warnings.get(kind);
    if (present) return present;
    const warn = throttle(REFUSAL_LOG_MS, (unsaid, line: object) => {
      log.warn({ ...line, unsaid }, 'webhook refused');
    });
    warnings.set(kind, warn);
    return warn;
  };
  let redisIs: 'new' | 'lost' | 'there' = 'new';
  return neverThrowing<Telemetry>({
    ...createSpoolEvents(registry, log),
    webhookTaken(route, { outcome, about }, seconds) {
      webhooks.inc({ route, outcome });
      durations.observe({ route }, seconds);
      // What changes nothing is most of the traffic.
      log[outcome === 'not_a_keyword' || outcome === 'ignored' ? 'debug' : 'info'](
        { route, outcome, ...about },
        'webhook taken',
      );
    },
    webhookRefused(route, { code, about, cause }, seconds) {
      webhooks.inc({ route, outcome: code });
      durations.observe({ route }, seconds);
      const line = { route, outcome: code, ...about, ...(cause ? { err: cause } : {}) };
      if (WEBHOOK_ERRORS[code].status >= 500) log.error(line, 'webhook refused');
      else warnOf(route, code)(line);
    },
    requestBroken(code) {
      broken.inc({ code });
      // Anybody can bring this about, as often as they like.
      log.debug({ code }, 'broken request');
    },
    streamed(type, outcome) {
      // The batch's own line counts them.
      streamed.inc({ type, outcome });
    },
    deadLettered({ stage, code }) {
      // The webhook's own line names the letter.
      deadLetters.inc({ stage, code });
    },
    redisLost(error) {
      // Every try to reconnect fails alike: one line for the outage, not one a second.
      if (redisIs !== 'lost') log.error({ err: error, code: 'redis_unavailable' }, 'Redis is not usable');
      redisIs = 'lost';
    },
    redisBack() {
      // While it is read-only, each try to find the master anew connects.
      if (redisIs !== 'there') log.info('connected to Redis');
      redisIs = 'there';
    },
  });
}

function createMetrics(registry: Registry) {
  const registers = [registry];
  const webhooks = new Counter({
    name: 'optout_webhooks_total',
    help: 'Webhooks answered, by how they ended.',
    labelNames: ['route', 'outcome'],
    registers,
  });
  const refusals = Object.keys(WEBHOOK_ERRORS) as WebhookErrorCode[];
  for (const route of WEBHOOK_ROUTES) {
    // From the start, so that the first one shows as an increase.
    for (const outcome of [...HANDLED_OUTCOMES, ...refusals]) webhooks.inc({ route, outcome }, 0);
  }
  const durations = new Histogram({
    name: 'optout_webhook_duration_seconds',
    help: 'From a webhook being taken up to its answer being known.',
    labelNames: ['route'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers,
  });
  const broken = new Counter({
    name: 'optout_broken_requests_total',
    help: 'What came in and was no HTTP request, or not all of one in time.',
    labelNames: ['code'],
    registers,
  });
  for (const code of BROKEN_CODES) broken.inc({ code }, 0);
  const streamed = new Counter({
    name: 'optout_stream_events_total',
    help: 'Events in the batches of Event Streams, by how they ended.',
    labelNames: ['type', 'outcome'],
    registers,
  });
  for (const type of STREAM_TYPES) {
    for (const outcome of STREAM_OUTCOMES) streamed.inc({ type, outcome }, 0);
  }
  return { webhooks, durations, broken, streamed, deadLetters: deadLettersTotal(registry) };
}
