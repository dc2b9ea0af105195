import type { Counter, Registry } from 'prom-client';
import {
  deadLettersTotal,
  metricsOf,
  streamMetricsOf,
  type MetricDefinition,
} from '@optout-sync/shared/service';
import { SENT_CHECK_METRICS } from './sent-check/metrics';

/** The metrics of the worker; packages/shared/src/service/metric-definitions.ts has those of both services. */
export const WORKER_METRICS = {
  outcomes: {
    type: 'counter',
    name: 'optout_events_total',
    help: 'Accepted inbound events by their outcome.',
    labels: ['outcome', 'kind', 'source', 'lane', 'workspace'],
  },
  ledgerChanges: {
    type: 'counter',
    name: 'optout_ledger_changes_total',
    help: 'Inbound events that changed the state of their sender.',
    labels: ['kind', 'channel'],
  },
  endToEnd: {
    type: 'histogram',
    name: 'optout_end_to_end_seconds',
    help: 'Time from receiving an inbound event until Customer.io holds it.',
    labels: ['source', 'kind', 'lane', 'workspace'],
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300, 1_800, 7_200, 43_200, 86_400],
  },
  people: {
    type: 'counter',
    name: 'optout_people_updated_total',
    help: 'People that an attribute was written to.',
    labels: ['channel'],
  },
  jobs: {
    type: 'counter',
    name: 'optout_jobs_total',
    help: 'Events of `inbound-events`, or jobs of another queue, by outcome; failed attempts of a job by `retry` or `dead_letter`.',
    labels: ['queue', 'outcome'],
  },
  jobFailures: {
    type: 'counter',
    name: 'optout_job_failures_total',
    help: 'Failed attempts of jobs by error code; no workspace where a queue is that of all.',
    labels: ['queue', 'code', 'workspace'],
  },
  unsupported: {
    type: 'counter',
    name: 'optout_unsupported_payloads_total',
    help: 'Attempts of jobs that a newer version wrote and this worker cannot parse yet: upgrade it within 24 hours.',
    labels: ['queue', 'code'],
  },
  jobWait: {
    type: 'histogram',
    name: 'optout_job_wait_seconds',
    help: 'Time that a job waited in its queue for its first attempt.',
    labels: ['queue', 'lane'],
    buckets: [0.005, 0.025, 0.1, 0.5, 1, 5, 15, 30, 60, 300, 1_800, 7_200],
  },
  jobSeconds: {
    type: 'histogram',
    name: 'optout_job_duration_seconds',
    help: 'Duration of a successful attempt of a job, with its waiting for Customer.io.',
    labels: ['queue'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15, 30, 60, 300, 1_800, 3_600],
  },
  requests: {
    type: 'counter',
    name: 'optout_customerio_requests_total',
    help: 'Requests to Customer.io; `status` is the HTTP status, or an error code when there was no answer.',
    labels: ['api', 'operation', 'status', 'workspace'],
  },
  requestSeconds: {
    type: 'histogram',
    name: 'optout_customerio_request_duration_seconds',
    help: 'Time until Customer.io answered, or the request failed; it fails after 10 s.',
    labels: ['api', 'operation', 'workspace'],
    buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15],
  },
  breakerState: {
    type: 'gauge',
    name: 'optout_customerio_breaker_state',
    help: 'Circuit of an API, as this process sees it: requests pass (0), one probes (1), or none passes (2). Use max by (workspace, api).',
    labels: ['workspace', 'api'],
  },
  workspacePaused: {
    type: 'gauge',
    name: 'optout_workspace_paused',
    help: '1 while a workspace waits because Customer.io rejects its keys, its region or an operation. Use max by (workspace).',
    labels: ['workspace'],
  },
  budget: {
    type: 'gauge',
    name: 'optout_customerio_budget_rps',
    help: 'Requests a second that all workers together may send to an API. Use max by (workspace, api).',
    labels: ['workspace', 'api'],
  },
  budgetWait: {
    type: 'histogram',
    name: 'optout_customerio_budget_wait_seconds',
    help: 'Time that a request waited for its turn within the rate limit; its count is the requests that got one.',
    labels: ['workspace', 'api', 'lane'],
    buckets: [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300],
  },
  heldBack: {
    type: 'counter',
    name: 'optout_customerio_held_back_seconds_total',
    help: 'Time for which Customer.io asked not to be called, by 429.',
    labels: ['workspace', 'api'],
  },
  twilioRequests: {
    type: 'counter',
    name: 'optout_twilio_requests_total',
    help: "Requests to Twilio's Consents API; `status` is the HTTP status, or an error code when there was no answer.",
    labels: ['status', 'workspace'],
  },
  twilioBreaker: {
    type: 'gauge',
    name: 'optout_twilio_breaker_state',
    help: "Circuit of Twilio's Consents API: requests pass (0), one probes (1), or none passes, as while it rejects the key (2). Use max by (workspace, account).",
    labels: ['workspace', 'account'],
  },
  lookupPhones: {
    type: 'histogram',
    name: 'optout_lookup_phones',
    help: 'Phones in a search for people.',
    labels: ['workspace'],
    buckets: [1, 2, 5, 10, 25, 50, 100, 250],
  },
  slots: {
    type: 'gauge',
    name: 'optout_worker_slots',
    help: 'Jobs of a queue that this process runs at once, at most.',
    labels: ['queue'],
  },
  slotsUsed: {
    type: 'gauge',
    name: 'optout_worker_slots_used',
    help: 'Jobs of a queue that this process runs now.',
    labels: ['queue'],
  },
  consumerErrors: {
    type: 'counter',
    name: 'optout_worker_errors_total',
    help: 'Errors of a queue outside of its jobs, such as of Redis or of a lost lock.',
    labels: ['queue'],
  },
  stalled: {
    type: 'counter',
    name: 'optout_jobs_stalled_total',
    help: 'Jobs whose worker died or froze, so that another one ran them.',
    labels: ['queue'],
  },
  unsearchedFormats: {
    type: 'counter',
    name: 'optout_unsearched_formats_total',
    help: 'Opt-outs of a number that nobody has in the configured phone formats, while somebody has it in another one.',
    labels: ['workspace'],
  },
  reconcileDrift: {
    type: 'counter',
    name: 'optout_reconcile_drift_total',
    help: 'People who differed from the ledger, or phones that waited without a job (`unapplied`), by what was done.',
    labels: ['workspace', 'kind', 'action'],
  },
  reconcileChecked: {
    type: 'counter',
    name: 'optout_reconcile_checked_total',
    help: 'Ledger entries that Customer.io was compared with.',
    labels: ['workspace'],
  },
  reconcileFindings: {
    type: 'gauge',
    name: 'optout_reconcile_findings',
    help: 'Phones whose people differ from the ledger and have not been corrected, by kind. Use max by (workspace, kind).',
    labels: ['workspace', 'kind'],
  },
  reconcileUnverified: {
    type: 'gauge',
    name: 'optout_reconcile_never_verified',
    help: 'Opt-outs that the latest sweep reached and that Customer.io has never been read for. Use max by (workspace).',
    labels: ['workspace'],
  },
  nativeCatchUp: {
    type: 'gauge',
    name: 'optout_native_catch_up_ratio',
    help: 'How much of the ledger has been requested for a native list that was switched on later: 0 to 1. Use max by (workspace).',
    labels: ['workspace'],
  },
  reconcilePassAge: {
    type: 'gauge',
    name: 'optout_reconcile_last_pass_age_seconds',
    help: 'Time since the last full sweep of the ledger ended, or since the workspace was first seen. Use max by (workspace).',
    labels: ['workspace'],
  },
  reconcileOverrun: {
    type: 'gauge',
    name: 'optout_reconcile_overrun',
    help: '1 while a sweep takes longer than RECONCILE_PERIOD. Use max by (workspace).',
    labels: ['workspace'],
  },
  peopleChanges: {
    type: 'counter',
    name: 'optout_people_changes_total',
    help: 'People whom a Customer.io workflow reported, by whether a comparison was requested.',
    labels: ['workspace', 'outcome'],
  },
  replayedDeadLetters: {
    type: 'counter',
    name: 'optout_replayed_letters_total',
    help: 'Dead letters that replay runs enqueued again (`done`), or that cannot be replayed and stay (`failed`).',
    labels: ['outcome'],
  },
} as const satisfies Readonly<Record<string, MetricDefinition>>;

/** What is read at each scrape: data of workspaces that this worker does not serve. */
export const UNSERVED_METRICS = {
  ledger: {
    type: 'gauge',
    name: 'optout_unserved_ledger_entries',
    help: 'Ledger entries stored under the name of a workspace that is not configured; counted every six hours. Use max by (stored_as).',
    labels: ['stored_as'],
  },
  queues: {
    type: 'gauge',
    name: 'optout_unserved_jobs',
    help: 'Jobs of syncs and optional destinations of a workspace that is not configured, which nobody takes; counted every six hours. Use max by (stored_as).',
    labels: ['stored_as'],
  },
} as const satisfies Readonly<Record<string, MetricDefinition>>;

export type WorkerMetrics = ReturnType<typeof metricsOf<typeof WORKER_METRICS>> &
  ReturnType<typeof metricsOf<typeof SENT_CHECK_METRICS>> & {
    readonly deadLetters: Counter<'stage' | 'code' | 'workspace'>;
    readonly streamEvents: Counter<'type' | 'outcome'>;
    readonly sendErrors: Counter<'route' | 'code'>;
  };

/** Registers all metrics of the worker. */
export function createMetrics(registry: Registry): WorkerMetrics {
  return {
    ...metricsOf(registry, WORKER_METRICS),
    ...metricsOf(registry, SENT_CHECK_METRICS),
    deadLetters: deadLettersTotal(registry),
    ...streamMetricsOf(registry, ['events']),
  };
}
