import type { MetricDefinition } from '@optout-sync/shared/service';

/** The metrics of the console. */
export const CONSOLE_METRICS = {
  requests: {
    name: 'optout_console_requests_total',
    help: 'Requests to the console and its API, by the class of their status.',
    type: 'counter',
    labels: ['part', 'status'],
  },
  duration: {
    name: 'optout_console_request_duration_seconds',
    help: 'How long the console took to answer, without streams.',
    type: 'histogram',
    labels: ['part'],
    buckets: [0.01, 0.03, 0.1, 0.3, 1, 3, 10],
  },
  logins: {
    name: 'optout_console_logins_total',
    help: 'Attempts to log in to the console, by outcome.',
    type: 'counter',
    labels: ['outcome'],
  },
} as const satisfies Readonly<Record<string, MetricDefinition>>;
