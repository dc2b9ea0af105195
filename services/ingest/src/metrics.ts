import { Gauge, type Registry } from 'prom-client';
import { STAGE_CODES } from '@optout-sync/shared/dead-letters';
import { PUBLIC_ROUTES } from '@optout-sync/shared/domain';
import {
  CLOSED_REASONS,
  configurationOf,
  deadLettersTotal,
  metricsOf,
  streamMetricsOf,
  type MetricDefinition,
} from '@optout-sync/shared/service';
import { BROKEN_REQUEST_CODES } from './http/broken-request';
import { DRAIN_OUTCOMES } from './spool/drain';
import type { Spool } from './spool/spool';
import { WEBHOOK_OUTCOMES } from './webhook/receiver';
import { WEBHOOK_ERRORS, type WebhookErrorCode } from './webhook/webhook-error';

/** What telemetry counts. */
export const EVENT_METRICS = {
  webhooks: {
    name: 'optout_webhooks_total',
    help: 'Webhooks answered, by outcome or error code.',
    type: 'counter',
    labels: ['route', 'outcome'],
  },
  webhookDuration: {
    name: 'optout_webhook_duration_seconds',
    help: 'Time from receiving the head of a webhook until its answer is known.',
    type: 'histogram',
    labels: ['route'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15, 30],
  },
  brokenRequests: {
    name: 'optout_broken_requests_total',
    help: 'Requests that are not valid HTTP, or not complete in time.',
    type: 'counter',
    labels: ['code'],
  },
  connectionsClosed: {
    name: 'optout_connections_closed_total',
    help: 'Connections to the public port that were closed since there were as many as there may be.',
    type: 'counter',
    labels: ['reason'],
  },
  unknownPaths: {
    name: 'optout_unknown_paths_total',
    help: 'Requests to the public port for a path where there is nothing, answered 404.',
    type: 'counter',
    labels: [],
  },
  astray: {
    name: 'optout_signed_requests_astray_total',
    help: 'Requests with a signature of Twilio, unverified, to a path where there is nothing.',
    type: 'counter',
    labels: [],
  },
  sidMismatches: {
    name: 'optout_sid_mismatches_total',
    help: 'Opt-outs that were applied although MessageSid, SmsSid and SmsMessageSid of the signed message are not the same.',
    type: 'counter',
    labels: ['route'],
  },
  people: {
    name: 'optout_people_received_total',
    help: 'People in the requests of Customer.io workflows, by whether their phone number can be used.',
    type: 'counter',
    labels: ['workspace', 'result'],
  },
  spooled: {
    name: 'optout_spooled_total',
    help: 'Webhooks whose content went to the spool, because Redis could not take it.',
    type: 'counter',
    labels: [],
  },
  drained: {
    name: 'optout_spool_drained_total',
    help: 'Items that left the spool: into their queues, or into the dead letters.',
    type: 'counter',
    labels: ['outcome'],
  },
} as const satisfies Record<string, MetricDefinition>;

/** What is read from the spool at each scrape. */
export const SPOOL_GAUGES = {
  items: {
    name: 'optout_spool_items',
    help: 'Webhooks in the spool, waiting for Redis.',
    type: 'gauge',
    labels: [],
  },
  bytes: {
    name: 'optout_spool_bytes',
    help: 'Size of the spool; SPOOL_MAX_BYTES is its limit.',
    type: 'gauge',
    labels: [],
  },
  maxBytes: {
    name: 'optout_spool_max_bytes',
    help: 'SPOOL_MAX_BYTES: the spool takes nothing beyond.',
    type: 'gauge',
    labels: [],
  },
  oldestAge: {
    name: 'optout_spool_oldest_age_seconds',
    help: 'Age of the oldest item in the spool; 0 when it is empty.',
    type: 'gauge',
    labels: [],
  },
  up: {
    name: 'optout_spool_up',
    help: '1 while the spool would take an event, 0 while it is full or its disk is broken.',
    type: 'gauge',
    labels: [],
  },
} as const satisfies Record<string, MetricDefinition>;

export type Metrics = ReturnType<typeof createMetrics>;

/** Registers what telemetry counts. Known label values start at 0, so that the first increment shows as an increase. */
export function createMetrics(registry: Registry, workspaces: readonly string[]) {
  const metrics = metricsOf(registry, EVENT_METRICS);
  const errorCodes = Object.keys(WEBHOOK_ERRORS) as WebhookErrorCode[];
  for (const route of PUBLIC_ROUTES) {
    for (const outcome of [...WEBHOOK_OUTCOMES, ...errorCodes]) metrics.webhooks.inc({ route, outcome }, 0);
    metrics.webhookDuration.zero({ route });
  }
  for (const reason of CLOSED_REASONS) metrics.connectionsClosed.inc({ reason }, 0);
  for (const code of BROKEN_REQUEST_CODES) metrics.brokenRequests.inc({ code }, 0);
  for (const route of ['messages', 'status']) metrics.sidMismatches.inc({ route }, 0);
  for (const outcome of DRAIN_OUTCOMES) metrics.drained.inc({ outcome }, 0);
  for (const workspace of workspaces) {
    for (const result of ['accepted', 'not_a_phone_number']) metrics.people.inc({ workspace, result }, 0);
  }
  const deadLetters = deadLettersTotal(registry);
  for (const code of STAGE_CODES.ingest) {
    // A message may name an account that is not configured.
    for (const workspace of [...workspaces, '']) deadLetters.inc({ stage: 'ingest', code, workspace }, 0);
  }
  return { ...metrics, deadLetters, ...streamMetricsOf(registry, ['status', 'events']) };
}

/** Registers gauges of the spool, which are read at each scrape. `now` returns ms since 1970. */
export function registerSpoolGauges(
  registry: Registry,
  spool: Pick<Spool, 'items' | 'bytes' | 'maxBytes' | 'unusable' | 'oldest'>,
  now: () => number,
): void {
  const gauge = (key: keyof typeof SPOOL_GAUGES, read: () => number | Promise<number>) =>
    new Gauge({
      ...configurationOf(SPOOL_GAUGES[key], registry),
      async collect() {
        this.set(await read());
      },
    });
  gauge('items', () => spool.items);
  gauge('bytes', () => spool.bytes);
  gauge('maxBytes', () => spool.maxBytes);
  gauge('up', () => (spool.unusable ? 0 : 1));
  gauge('oldestAge', async () => {
    const [oldest] = spool.items > 0 ? await spool.oldest(1).catch(() => []) : [];
    return oldest?.content ? (now() - oldest.content.at) / 1000 : 0;
  });
}
