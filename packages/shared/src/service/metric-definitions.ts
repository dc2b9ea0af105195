import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { NAMED_SEND_ERRORS } from '../domain/blocked-send';
import type { WebhookRoute } from '../domain/routes';
import { STREAM_OUTCOMES, STREAM_TYPES } from '../event-streams/event-type';

/**
 * One of our metrics. Operators, alerts and dashboards rely on its name and labels; docs/operations.md is tested against
 * them. A folder's metrics are one table of these, in a file named `metrics.ts` or `<what>-metrics.ts`.
 */
export interface MetricDefinition {
  readonly name: `optout_${string}`;
  /** One sentence; units in the name are base units. */
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  /** Low cardinality: no phone number, no id of a message or a job. */
  readonly labels: readonly string[];
  /** Upper bounds of a histogram's buckets; prom-client's defaults where missing. */
  readonly buckets?: readonly number[];
}

type MetricOf<Definition extends MetricDefinition> = {
  counter: Counter<Definition['labels'][number]>;
  gauge: Gauge<Definition['labels'][number]>;
  histogram: Histogram<Definition['labels'][number]>;
}[Definition['type']];

/** Registers a table of metrics and returns them by the names of the table. */
export function metricsOf<const Definitions extends Readonly<Record<string, MetricDefinition>>>(
  registry: Registry,
  definitions: Definitions,
): { readonly [Name in keyof Definitions]: MetricOf<Definitions[Name]> } {
  const metrics = Object.entries(definitions).map(([name, definition]) => [
    name,
    metricOf(registry, definition),
  ]);
  return Object.fromEntries(metrics) as { [Name in keyof Definitions]: MetricOf<Definitions[Name]> };
}

function metricOf(registry: Registry, definition: MetricDefinition): Counter | Gauge | Histogram {
  switch (definition.type) {
    case 'counter':
      return new Counter(configurationOf(definition, registry));
    case 'gauge':
      return new Gauge(configurationOf(definition, registry));
    case 'histogram':
      return new Histogram({
        ...configurationOf(definition, registry),
        ...(definition.buckets && { buckets: [...definition.buckets] }),
      });
    default:
      return definition.type satisfies never;
  }
}

/** What prom-client's constructors take: for a gauge that is read at each scrape, to which `collect` is added. */
export function configurationOf<Definition extends MetricDefinition>(
  { name, help, labels }: Definition,
  registry: Registry,
): { name: string; help: string; labelNames: Definition['labels'][number][]; registers: [Registry] } {
  return { name, help, labelNames: [...labels], registers: [registry] };
}

/** The metrics that both services have. */
export const SHARED_METRICS = {
  deadLetters: {
    name: 'optout_dead_letters_total',
    help: 'Dead letters stored, by the stage that failed and the error code; no workspace where it is not known.',
    type: 'counter',
    labels: ['stage', 'code', 'workspace'],
  },
  streamEvents: {
    name: 'optout_stream_events_total',
    help: 'Events in the batches of Event Streams, by outcome.',
    type: 'counter',
    labels: ['type', 'outcome'],
  },
  sendErrors: {
    name: 'optout_send_errors_ignored_total',
    help: 'Failed sends that Twilio reported and that are not acted on, by error code; from status callbacks unverified.',
    type: 'counter',
    labels: ['route', 'code'],
  },
  logLinesDropped: {
    name: 'optout_log_lines_dropped_total',
    help: 'Log lines that were dropped, because nobody read the log.',
    type: 'counter',
    labels: [],
  },
  durabilityFault: {
    name: 'optout_redis_durability_fault',
    help: 'Whether Redis may lose what it acknowledged for this reason; `unknown`: Redis does not answer CONFIG. Use max by (fault).',
    type: 'gauge',
    labels: ['fault'],
  },
} as const satisfies Record<string, MetricDefinition>;

/** What every process reports of its connections to Redis; `role` is that of the connection. */
export const REDIS_METRICS = {
  up: {
    name: 'optout_redis_up',
    help: '1 while Redis answers on a connection of this process, 0 while it does not; asked every 5 s.',
    type: 'gauge',
    labels: ['role'],
  },
  ping: {
    name: 'optout_redis_ping_seconds',
    help: 'Time until Redis answered a PING of this process; every 5 s, while it answers.',
    type: 'histogram',
    labels: ['role'],
    buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1],
  },
  reconnects: {
    name: 'optout_redis_reconnects_total',
    help: 'Times that a lost connection to Redis was ready again.',
    type: 'counter',
    labels: ['role'],
  },
} as const satisfies Record<string, MetricDefinition>;

/** Which build runs, for a deploy to be seen. */
export const BUILD_METRICS = {
  build: {
    name: 'optout_build_info',
    help: 'Always 1; the labels say which release runs, of which commit, on which version of Node.',
    type: 'gauge',
    labels: ['version', 'node', 'commit'],
  },
} as const satisfies Record<string, MetricDefinition>;

/** How a process is configured, for replicas that differ to be seen. */
export const CONFIG_METRICS = {
  config: {
    name: 'optout_config_info',
    help: 'Always 1; `digest` is of all settings that the replicas of a service share, without secrets: two values mean that they differ.',
    type: 'gauge',
    labels: ['redis_mode', 'log_level', 'digest'],
  },
} as const satisfies Record<string, MetricDefinition>;

/** What is read of the queues at each scrape. */
export const QUEUE_METRICS = {
  queueJobs: {
    name: 'optout_queue_jobs',
    help: 'Jobs in a queue, by state. Every process reports the same: use max by (queue, state).',
    type: 'gauge',
    labels: ['queue', 'state'],
  },
  oldestJobAge: {
    name: 'optout_queue_oldest_job_age_seconds',
    help: 'Age of the oldest live job that waits for its first attempt; of the dead letters, time since the last failure of the oldest. 0 when there is none. Use max by (queue).',
    type: 'gauge',
    labels: ['queue'],
  },
} as const satisfies Record<string, MetricDefinition>;

/** What is read of the replay runs at each scrape. */
export const REPLAY_GAUGES = {
  runs: {
    name: 'optout_replay_runs',
    help: 'Replay runs that are not over, by state. Use max by (state).',
    type: 'gauge',
    labels: ['state'],
  },
  left: {
    name: 'optout_replay_letters_left',
    help: 'Dead letters that open replay runs have not reached yet. Use max.',
    type: 'gauge',
    labels: [],
  },
} as const satisfies Record<string, MetricDefinition>;

/** What is read of the dead letters at each scrape. */
export const DEAD_LETTER_GAUGES = {
  waiting: {
    name: 'optout_dead_letters',
    help: 'Dead letters that wait for an operator, by the stage that failed and the error code. Use max by (stage, code).',
    type: 'gauge',
    labels: ['stage', 'code'],
  },
  oldestAge: {
    name: 'optout_dead_letters_oldest_age_seconds',
    help: 'Time since the last failure of the oldest dead letter; 0 when there is none. Use max by (stage, code).',
    type: 'gauge',
    labels: ['stage', 'code'],
  },
} as const satisfies Record<string, MetricDefinition>;

/** Counts the dead letters that a service stores: ingest those of its own stage, the worker those of its jobs. */
export function deadLettersTotal(registry: Registry): Counter<'stage' | 'code' | 'workspace'> {
  const { deadLetters } = SHARED_METRICS;
  return metricsOf(registry, { deadLetters }).deadLetters;
}

/**
 * Counts what events and status callbacks report: ingest, and the worker for the large batches that it parses.
 *
 * @param routes on which failed sends are reported to the service
 */
export function streamMetricsOf(
  registry: Registry,
  routes: readonly WebhookRoute[],
): { readonly streamEvents: Counter<'type' | 'outcome'>; readonly sendErrors: Counter<'route' | 'code'> } {
  const { streamEvents, sendErrors } = SHARED_METRICS;
  const metrics = metricsOf(registry, { streamEvents, sendErrors });
  for (const type of STREAM_TYPES) {
    for (const outcome of STREAM_OUTCOMES) metrics.streamEvents.inc({ type, outcome }, 0);
  }
  for (const route of routes)
    for (const code of NAMED_SEND_ERRORS) metrics.sendErrors.inc({ route, code }, 0);
  return metrics;
}
