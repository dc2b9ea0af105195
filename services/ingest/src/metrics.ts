import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { WEBHOOK_PATHS, type WebhookRoute } from '@optout-sync/shared/domain';
import { BROKEN_REQUEST_CODES } from './http/broken-request';
import { STREAM_OUTCOMES, STREAM_TYPES } from './routes/events/event-type';
import { DRAIN_OUTCOMES } from './spool/drain';
import type { Spool } from './spool/spool';
import { WEBHOOK_OUTCOMES } from './webhook/receiver';
import { WEBHOOK_ERRORS, type WebhookErrorCode } from './webhook/webhook-error';

interface MetricDefinition {
  readonly name: `optout_${string}`;
  readonly help: string;
  readonly labels: readonly string[];
}

/** The metrics of ingest alone. Those of every service are in packages/shared/src/service. */
const METRICS = {
  webhooks: {
    name: 'optout_webhooks_total',
    help: 'Webhooks answered, by outcome or error code.',
    labels: ['route', 'outcome'],
  },
  webhookDuration: {
    name: 'optout_webhook_duration_seconds',
    help: 'Time from receiving the head of a webhook until its answer is known.',
    labels: ['route'],
  },
  brokenRequests: {
    name: 'optout_broken_requests_total',
    help: 'Requests that are not valid HTTP, or not complete in time.',
    labels: ['code'],
  },
  streamEvents: {
    name: 'optout_stream_events_total',
    help: 'Events in the batches of Event Streams, by outcome.',
    labels: ['type', 'outcome'],
  },
  deadLetters: {
    name: 'optout_dead_letters_total',
    help: 'Dead letters stored for an operator.',
    labels: ['stage', 'code'],
  },
  spooled: {
    name: 'optout_spooled_total',
    help: 'Webhooks whose content went to the spool, because Redis could not take it.',
    labels: [],
  },
  drained: {
    name: 'optout_spool_drained_total',
    help: 'Items that left the spool: into their queues, or into the dead letters.',
    labels: ['outcome'],
  },
  spoolItems: {
    name: 'optout_spool_items',
    help: 'Webhooks in the spool, waiting for Redis.',
    labels: [],
  },
  spoolBytes: {
    name: 'optout_spool_bytes',
    help: 'Size of the spool; SPOOL_MAX_BYTES is its limit.',
    labels: [],
  },
  spoolOldestAge: {
    name: 'optout_spool_oldest_age_seconds',
    help: 'Age of the oldest item in the spool; 0 when it is empty.',
    labels: [],
  },
  spoolUp: {
    name: 'optout_spool_up',
    help: '1 while the spool would take an event, 0 while it is full or its disk is broken.',
    labels: [],
  },
} as const satisfies Record<string, MetricDefinition>;

type MetricKey = keyof typeof METRICS;
type Label<Key extends MetricKey> = (typeof METRICS)[Key]['labels'][number];

function optionsOf<Key extends MetricKey>(key: Key, registry: Registry) {
  const { name, help, labels } = METRICS[key];
  return { name, help, labelNames: [...labels] as Label<Key>[], registers: [registry] };
}

const DURATION_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

export type Metrics = ReturnType<typeof createMetrics>;

/** Registers what telemetry counts. Known label values start at 0, so that the first increment shows as an increase. */
export function createMetrics(registry: Registry) {
  const counter = <Key extends MetricKey>(key: Key) => new Counter<Label<Key>>(optionsOf(key, registry));
  const metrics = {
    webhooks: counter('webhooks'),
    webhookDuration: new Histogram<Label<'webhookDuration'>>({
      ...optionsOf('webhookDuration', registry),
      buckets: DURATION_BUCKETS,
    }),
    brokenRequests: counter('brokenRequests'),
    streamEvents: counter('streamEvents'),
    deadLetters: counter('deadLetters'),
    spooled: counter('spooled'),
    drained: counter('drained'),
  };
  const errorCodes = Object.keys(WEBHOOK_ERRORS) as WebhookErrorCode[];
  for (const route of Object.keys(WEBHOOK_PATHS) as WebhookRoute[]) {
    for (const outcome of [...WEBHOOK_OUTCOMES, ...errorCodes]) metrics.webhooks.inc({ route, outcome }, 0);
  }
  for (const code of BROKEN_REQUEST_CODES) metrics.brokenRequests.inc({ code }, 0);
  for (const type of STREAM_TYPES) {
    for (const outcome of STREAM_OUTCOMES) metrics.streamEvents.inc({ type, outcome }, 0);
  }
  for (const outcome of DRAIN_OUTCOMES) metrics.drained.inc({ outcome }, 0);
  return metrics;
}

/** Registers gauges of the spool, which are read at each scrape. `now` returns ms since 1970. */
export function registerSpoolGauges(
  registry: Registry,
  spool: Pick<Spool, 'items' | 'bytes' | 'unusable' | 'oldest'>,
  now: () => number,
): void {
  const gauge = (key: MetricKey, read: () => number | Promise<number>) =>
    new Gauge({
      ...optionsOf(key, registry),
      async collect() {
        this.set(await read());
      },
    });
  gauge('spoolItems', () => spool.items);
  gauge('spoolBytes', () => spool.bytes);
  gauge('spoolUp', () => (spool.unusable ? 0 : 1));
  gauge('spoolOldestAge', async () => {
    const [oldest] = spool.items > 0 ? await spool.oldest(1).catch(() => []) : [];
    return oldest?.content ? (now() - oldest.content.at) / 1000 : 0;
  });
}
