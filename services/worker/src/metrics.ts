import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { deadLettersTotal } from '@optout-sync/shared/service';

interface MetricDefinition {
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly name: string;
  readonly help: string;
  readonly labelNames: readonly string[];
  readonly buckets?: readonly number[];
}

/** The metrics of the worker, beside those that packages/shared/src/service registers for both services. */
export const WORKER_METRICS = {
  outcomes: {
    type: 'counter',
    name: 'optout_events_total',
    help: 'Accepted inbound events by their outcome.',
    labelNames: ['outcome', 'kind', 'source'],
  },
  ledgerChanges: {
    type: 'counter',
    name: 'optout_ledger_changes_total',
    help: 'Inbound events that changed the state of their sender.',
    labelNames: ['kind', 'channel'],
  },
  endToEnd: {
    type: 'histogram',
    name: 'optout_end_to_end_seconds',
    help: 'Time from receiving an inbound event until Customer.io holds it.',
    labelNames: ['source'],
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300, 1_800, 7_200, 43_200, 86_400],
  },
  people: {
    type: 'counter',
    name: 'optout_people_updated_total',
    help: 'People that an attribute was written to.',
    labelNames: ['channel'],
  },
  jobs: {
    type: 'counter',
    name: 'optout_jobs_total',
    help: 'Attempts of jobs by outcome; failed attempts by `retry` or `dead_letter`.',
    labelNames: ['queue', 'outcome'],
  },
  jobFailures: {
    type: 'counter',
    name: 'optout_job_failures_total',
    help: 'Failed attempts of jobs by error code.',
    labelNames: ['queue', 'code'],
  },
  jobSeconds: {
    type: 'histogram',
    name: 'optout_job_duration_seconds',
    help: 'Duration of a successful attempt of a job.',
    labelNames: ['queue'],
  },
  requests: {
    type: 'counter',
    name: 'optout_customerio_requests_total',
    help: 'Requests to Customer.io; `status` is the HTTP status, or an error code when there was no answer.',
    labelNames: ['api', 'operation', 'status'],
  },
  requestSeconds: {
    type: 'histogram',
    name: 'optout_customerio_request_duration_seconds',
    help: 'Time until Customer.io answered.',
    labelNames: ['api', 'operation'],
  },
  breakerState: {
    type: 'gauge',
    name: 'optout_customerio_breaker_state',
    help: 'Circuit of an API: requests pass (0), one probes (1), or none passes (2).',
    labelNames: ['workspace', 'api'],
  },
  workspacePaused: {
    type: 'gauge',
    name: 'optout_workspace_paused',
    help: '1 while a workspace waits because Customer.io rejects its keys or its region.',
    labelNames: ['workspace'],
  },
  replayedDeadLetters: {
    type: 'counter',
    name: 'optout_replayed_letters_total',
    help: 'Dead letters that replay runs enqueued again (`done`), or that cannot be replayed and stay (`failed`).',
    labelNames: ['outcome'],
  },
} as const satisfies Readonly<Record<string, MetricDefinition>>;

type MetricOf<Definition extends MetricDefinition> = {
  counter: Counter<Definition['labelNames'][number]>;
  gauge: Gauge<Definition['labelNames'][number]>;
  histogram: Histogram<Definition['labelNames'][number]>;
}[Definition['type']];

export type WorkerMetrics = {
  readonly [Name in keyof typeof WORKER_METRICS]: MetricOf<(typeof WORKER_METRICS)[Name]>;
} & { readonly deadLetters: Counter<'stage' | 'code'> };

const CONSTRUCTORS = { counter: Counter, gauge: Gauge, histogram: Histogram } as const;

/** Registers all metrics of the worker. */
export function createMetrics(registry: Registry): WorkerMetrics {
  const metrics = Object.entries<MetricDefinition>(WORKER_METRICS).map(([key, definition]) => {
    const { type, name, help, labelNames, buckets } = definition;
    const options = {
      name,
      help,
      labelNames,
      registers: [registry],
      ...(buckets && { buckets: [...buckets] }),
    };
    return [key, new CONSTRUCTORS[type](options)];
  });
  return {
    ...(Object.fromEntries(metrics) as Omit<WorkerMetrics, 'deadLetters'>),
    deadLetters: deadLettersTotal(registry),
  };
}
