import { INSTANCE, WINDOW, WORKSPACE, increase, max, quantile, rate, series } from './promql.mjs';

const OF_BOTH = [WORKSPACE, INSTANCE];
const turns = `rate(${series('optout_customerio_budget_wait_seconds_count', ...OF_BOTH)}[${WINDOW}])`;
const mean = (name) =>
  `${rate('workspace', `${name}_sum`, ...OF_BOTH)} / ${rate('workspace', `${name}_count`, ...OF_BOTH)}`;

/** Without Redis these have no series. */
const NONE_READ = 'none, or Redis does not answer';

/** *Queues and Customer.io* */
export const queues = {
  uid: 'optout-queues',
  title: 'Queues and Customer.io',
  about: 'What waits and what is done in the queues, how Customer.io answers, and the dead letters.',
  variables: ['workspace', 'instance'],
  rows: [
    {
      title: 'Queues',
      panels: [
        {
          title: 'Jobs',
          about: 'A job of inbound-events holds up to 50 events.',
          kind: 'timeseries',
          unit: 'short',
          width: 12,
          empty: NONE_READ,
          queries: [
            [
              `${max('queue, state', 'optout_queue_jobs', 'queue!="dead-letters"')} > 0`,
              '{{queue}} {{state}}',
            ],
          ],
          runbook: 'WorkersStuck',
        },
        {
          title: 'Oldest live job that was not tried yet',
          kind: 'timeseries',
          unit: 's',
          width: 12,
          queries: [
            [max('queue', 'optout_queue_oldest_job_age_seconds', 'queue!="dead-letters"'), '{{queue}}'],
          ],
          runbook: 'WorkersStuck',
        },
        {
          title: 'Attempts by outcome',
          kind: 'timeseries',
          unit: 'ops',
          width: 12,
          empty: 'none',
          queries: [
            [`${rate('queue, outcome', 'optout_jobs_total', INSTANCE)} > 0`, '{{queue}} {{outcome}}'],
          ],
          runbook: 'WorkersStuck',
        },
        {
          title: 'Failed attempts by code',
          kind: 'timeseries',
          unit: 'ops',
          width: 12,
          empty: 'none',
          queries: [
            [
              `${rate('queue, code', 'optout_job_failures_total', 'workspace=~"$workspace|"', INSTANCE)} > 0`,
              '{{queue}} {{code}}',
            ],
          ],
          runbook: 'operations.md#codes-of-jobs-that-wait',
        },
        {
          title: 'Waited in the queue (p95)',
          kind: 'timeseries',
          unit: 's',
          width: 8,
          queries: [
            [quantile(0.95, 'queue, lane', 'optout_job_wait_seconds', INSTANCE), '{{queue}} {{lane}}'],
          ],
          runbook: 'OptOutsLateFastBurn',
        },
        {
          title: 'Duration of an attempt (p95)',
          about: 'With the waiting for Customer.io.',
          kind: 'timeseries',
          unit: 's',
          width: 8,
          queries: [[quantile(0.95, 'queue', 'optout_job_duration_seconds', INSTANCE), '{{queue}}']],
          runbook: 'OptOutsLateFastBurn',
        },
        {
          title: 'Slots in use',
          kind: 'timeseries',
          unit: 'percentunit',
          width: 8,
          queries: [
            [
              `${series('optout_worker_slots_used', INSTANCE)} / ${series('optout_worker_slots', INSTANCE)}`,
              '{{instance}} {{queue}}',
            ],
          ],
          runbook: 'OptOutsLateSlowBurn',
        },
        {
          title: 'Errors outside of jobs',
          kind: 'timeseries',
          unit: 'short',
          width: 8,
          queries: [[increase('queue', 'optout_worker_errors_total', INSTANCE), '{{queue}}']],
          runbook: 'RedisDown',
        },
        {
          title: 'Jobs of a worker that died or froze',
          kind: 'timeseries',
          unit: 'short',
          width: 8,
          queries: [[increase('queue', 'optout_jobs_stalled_total', INSTANCE), '{{queue}}']],
          runbook: 'JobsStalled',
        },
        {
          title: 'Jobs of a newer version',
          kind: 'timeseries',
          unit: 'short',
          width: 8,
          empty: 'none',
          queries: [
            [
              `${increase('queue, code', 'optout_unsupported_payloads_total', INSTANCE)} > 0`,
              '{{queue}} {{code}}',
            ],
          ],
          runbook: 'UnsupportedPayloads',
        },
      ],
    },
    {
      title: 'Customer.io',
      panels: [
        {
          title: 'Circuit (0 closed, 1 probes, 2 open), and pauses (3)',
          kind: 'timeseries',
          unit: 'short',
          width: 8,
          queries: [
            [max('workspace, api', 'optout_customerio_breaker_state', WORKSPACE), '{{workspace}} {{api}}'],
            [`${max('workspace', 'optout_workspace_paused', WORKSPACE)} * 3`, '{{workspace}} paused'],
          ],
          runbook: 'CustomerIoDown',
        },
        {
          title: "Twilio's own list: circuit (0 closed, 1 probes, 2 open)",
          kind: 'timeseries',
          unit: 'short',
          width: 8,
          queries: [
            [
              max('workspace, account', 'optout_twilio_breaker_state', WORKSPACE),
              '{{workspace}} {{account}}',
            ],
          ],
          runbook: 'TwilioConsentsWait',
        },
        {
          title: "Twilio's own list: answers by status",
          kind: 'timeseries',
          unit: 'reqps',
          width: 8,
          queries: [[rate('status', 'optout_twilio_requests_total', ...OF_BOTH), '{{status}}']],
          runbook: 'TwilioConsentsWait',
        },
        {
          title: 'Requests by operation',
          kind: 'timeseries',
          unit: 'reqps',
          width: 8,
          queries: [
            [rate('api, operation', 'optout_customerio_requests_total', ...OF_BOTH), '{{api}} {{operation}}'],
          ],
          runbook: 'CustomerIoDown',
        },
        {
          title: 'Not answered with 2xx',
          kind: 'timeseries',
          unit: 'reqps',
          width: 8,
          queries: [
            [
              rate('api, operation, status', 'optout_customerio_requests_total', 'status!~"2.."', ...OF_BOTH),
              '{{api}} {{operation}} {{status}}',
            ],
          ],
          runbook: 'WorkspacePaused',
        },
        {
          title: 'Time until the answer (p95)',
          kind: 'timeseries',
          unit: 's',
          width: 8,
          queries: [
            [
              quantile(0.95, 'api, operation', 'optout_customerio_request_duration_seconds', ...OF_BOTH),
              '{{api}} {{operation}}',
            ],
          ],
          runbook: 'CustomerIoDown',
        },
        {
          title: 'Rate limit in use',
          about: 'Of CUSTOMERIO_APP_RPS and CUSTOMERIO_TRACK_RPS, which all workers share.',
          kind: 'timeseries',
          unit: 'percentunit',
          width: 8,
          queries: [
            [
              `sum by (workspace, api) (${turns}) / ${max('workspace, api', 'optout_customerio_budget_rps', WORKSPACE)}`,
              '{{workspace}} {{api}}',
            ],
          ],
          runbook: 'OptOutsLateSlowBurn',
        },
        {
          title: 'Waited for the rate limit (p95)',
          kind: 'timeseries',
          unit: 's',
          width: 8,
          queries: [
            [
              quantile(0.95, 'api, lane', 'optout_customerio_budget_wait_seconds', ...OF_BOTH),
              '{{api}} {{lane}}',
            ],
          ],
          runbook: 'OptOutsLateFastBurn',
        },
        {
          title: 'Held back by 429',
          kind: 'timeseries',
          unit: 's',
          width: 8,
          queries: [
            [
              increase('workspace, api', 'optout_customerio_held_back_seconds_total', ...OF_BOTH),
              '{{workspace}} {{api}}',
            ],
          ],
          runbook: 'OptOutsLateSlowBurn',
        },
        {
          title: 'Phones in a search (mean)',
          kind: 'timeseries',
          unit: 'short',
          width: 8,
          queries: [[mean('optout_lookup_phones'), '{{workspace}}']],
          runbook: 'OptOutsLateSlowBurn',
        },
        {
          title: 'Reported people',
          kind: 'timeseries',
          unit: 'ops',
          width: 8,
          queries: [
            [
              rate('workspace, outcome', 'optout_people_changes_total', ...OF_BOTH),
              '{{workspace}} {{outcome}}',
            ],
          ],
          runbook: 'people-webhook.md',
        },
      ],
    },
    {
      title: 'Dead letters and replay',
      panels: [
        {
          title: 'Waiting, by code',
          kind: 'timeseries',
          unit: 'short',
          width: 8,
          empty: NONE_READ,
          queries: [[`${max('stage, code', 'optout_dead_letters')} > 0`, '{{stage}} {{code}}']],
          runbook: 'DeadLetters',
        },
        {
          title: 'New, by code',
          kind: 'timeseries',
          unit: 'short',
          width: 8,
          empty: 'none',
          queries: [
            [
              `${increase('stage, code', 'optout_dead_letters_total', 'workspace=~"$workspace|"', INSTANCE)} > 0`,
              '{{stage}} {{code}}',
            ],
          ],
          runbook: 'DeadLetters',
        },
        {
          title: 'The oldest, since its last failure',
          kind: 'timeseries',
          unit: 's',
          width: 8,
          empty: NONE_READ,
          queries: [
            [`${max('stage, code', 'optout_dead_letters_oldest_age_seconds')} > 0`, '{{stage}} {{code}}'],
          ],
          runbook: 'DeadLettersOld',
        },
        {
          title: 'Replayed',
          kind: 'timeseries',
          unit: 'ops',
          width: 8,
          queries: [[rate('outcome', 'optout_replayed_letters_total', INSTANCE), '{{outcome}}']],
          runbook: 'dead-letters.md',
        },
        {
          title: 'Replay runs',
          kind: 'timeseries',
          unit: 'short',
          width: 8,
          queries: [[max('state', 'optout_replay_runs'), '{{state}}']],
          runbook: 'dead-letters.md',
        },
        {
          title: 'Dead letters that replay runs have not reached',
          kind: 'timeseries',
          unit: 'short',
          width: 8,
          queries: [[max('', 'optout_replay_letters_left'), 'left']],
          runbook: 'dead-letters.md',
        },
      ],
    },
  ],
};
