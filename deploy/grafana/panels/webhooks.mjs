import { REFUSED, checked } from '../../prometheus/webhook-series.mjs';
import { INSTANCE, WINDOW, WORKSPACE, increase, quantile, rate, series } from './promql.mjs';

const CHECKED = checked(
  (...selector) => `rate(${series('optout_webhooks_total', ...selector, INSTANCE)}[${WINDOW}])`,
);
/** The share of the webhooks of each route that end so. */
const shareOf = (outcomes) =>
  `${rate('route', 'optout_webhooks_total', `outcome=~"${outcomes}"`, INSTANCE)} / (sum by (route) ${CHECKED} > 0)`;
const UNVERIFIED = 'Without the status callbacks that are ignored: nobody verifies them.';
const spool = (how, name) => `${how} by (instance) (${series(name, INSTANCE)})`;

/** *Webhooks and spool* */
export const webhooks = {
  uid: 'optout-webhooks',
  title: 'Webhooks and spool',
  about: 'What Twilio and Customer.io send to ingest, how it is answered, and what waits on disk for Redis.',
  variables: ['workspace', 'instance'],
  rows: [
    {
      title: 'Rate, errors, duration',
      panels: [
        {
          title: 'Webhooks by route',
          kind: 'timeseries',
          unit: 'reqps',
          width: 8,
          queries: [[rate('route', 'optout_webhooks_total', INSTANCE), '{{route}}']],
          runbook: 'NoWebhooks',
        },
        {
          title: 'Refused',
          kind: 'timeseries',
          unit: 'reqps',
          width: 8,
          empty: 'none',
          queries: [
            [
              `${rate('route, outcome', 'optout_webhooks_total', 'outcome!~"accepted|not_a_keyword|ignored|dead_lettered"', INSTANCE)} > 0`,
              '{{route}} {{outcome}}',
            ],
          ],
          runbook: 'SignaturesRefused',
        },
        {
          title: 'Time until the answer is known',
          about: 'Twilio waits 15 s.',
          kind: 'timeseries',
          unit: 's',
          width: 8,
          queries: [
            [quantile(0.99, 'route', 'optout_webhook_duration_seconds', INSTANCE), 'p99 {{route}}'],
            [quantile(0.5, 'route', 'optout_webhook_duration_seconds', INSTANCE), 'p50 {{route}}'],
          ],
          runbook: 'WebhooksSlow',
        },
        {
          title: 'Answered with 5xx',
          about: UNVERIFIED,
          kind: 'timeseries',
          unit: 'percentunit',
          width: 8,
          queries: [[shareOf('storage_unavailable|internal_error'), '{{route}}']],
          runbook: 'WebhooksRefused5xx',
        },
        {
          title: 'Not authenticated',
          about: UNVERIFIED,
          kind: 'timeseries',
          unit: 'percentunit',
          width: 8,
          queries: [[shareOf(`${REFUSED}|bad_token`), '{{route}}']],
          runbook: 'SignaturesRefused',
        },
        {
          title: 'Signed, to a path where there is nothing',
          kind: 'timeseries',
          unit: 'short',
          width: 8,
          queries: [[increase('', 'optout_signed_requests_astray_total', INSTANCE), 'requests']],
          runbook: 'WebhooksAstray',
        },
        {
          title: 'Signed, but with SIDs that differ',
          kind: 'timeseries',
          unit: 'short',
          width: 8,
          queries: [[increase('route', 'optout_sid_mismatches_total', INSTANCE), '{{route}}']],
          runbook: 'SidsDiffer',
        },
        {
          title: 'Broken requests',
          kind: 'timeseries',
          unit: 'reqps',
          width: 8,
          queries: [
            [rate('code', 'optout_broken_requests_total', INSTANCE), '{{code}}'],
            [rate('', 'optout_unknown_paths_total', INSTANCE), 'unknown path'],
          ],
          runbook: 'operations.md#connections',
        },
        {
          title: 'Connections closed to make room',
          kind: 'timeseries',
          unit: 'ops',
          width: 8,
          queries: [[rate('reason', 'optout_connections_closed_total', INSTANCE), '{{reason}}']],
          runbook: 'operations.md#connections',
        },
        {
          title: 'People that Customer.io reported',
          kind: 'timeseries',
          unit: 'ops',
          width: 8,
          queries: [
            [
              rate('workspace, result', 'optout_people_received_total', WORKSPACE, INSTANCE),
              '{{workspace}} {{result}}',
            ],
          ],
          runbook: 'people-webhook.md',
        },
        {
          title: 'Event Streams',
          kind: 'timeseries',
          unit: 'eps',
          width: 8,
          empty: 'none',
          queries: [
            [`${rate('type, outcome', 'optout_stream_events_total', INSTANCE)} > 0`, '{{type}} {{outcome}}'],
          ],
          runbook: 'NoWebhooks',
        },
        {
          title: 'From sent to received',
          about: 'Of Event Streams, by the clock of Twilio: webhooks do not tell when a message was sent.',
          kind: 'timeseries',
          unit: 's',
          width: 8,
          queries: [
            [quantile(0.5, 'source', 'optout_arrival_lag_seconds', INSTANCE), 'p50 {{source}}'],
            [quantile(0.99, 'source', 'optout_arrival_lag_seconds', INSTANCE), 'p99 {{source}}'],
          ],
          runbook: 'event-streams.md',
        },
        {
          title: 'Failed sends that are not acted on',
          kind: 'timeseries',
          unit: 'short',
          width: 8,
          empty: 'none',
          queries: [[`${increase('code', 'optout_send_errors_ignored_total', INSTANCE)} > 0`, '{{code}}']],
          runbook: 'status-callbacks.md#other-error-codes',
        },
      ],
    },
    {
      title: 'Spool: what waits on disk for Redis',
      panels: [
        {
          title: 'Takes events',
          kind: 'timeseries',
          unit: 'short',
          width: 6,
          queries: [[spool('min', 'optout_spool_up'), '{{instance}}']],
          runbook: 'SpoolDown',
        },
        {
          title: 'Items',
          kind: 'timeseries',
          unit: 'short',
          width: 6,
          queries: [[spool('max', 'optout_spool_items'), '{{instance}}']],
          runbook: 'SpoolInUse',
        },
        {
          title: 'Filled',
          kind: 'timeseries',
          unit: 'percentunit',
          width: 6,
          queries: [
            [
              `${spool('max', 'optout_spool_bytes')} / ${spool('max', 'optout_spool_max_bytes')}`,
              '{{instance}}',
            ],
          ],
          runbook: 'SpoolDown',
        },
        {
          title: 'Oldest item',
          kind: 'timeseries',
          unit: 's',
          width: 6,
          queries: [[spool('max', 'optout_spool_oldest_age_seconds'), '{{instance}}']],
          runbook: 'SpoolLeftBehind',
        },
        {
          title: 'In and out',
          kind: 'timeseries',
          unit: 'ops',
          width: 12,
          queries: [
            [rate('', 'optout_spooled_total', INSTANCE), 'into the spool'],
            [rate('outcome', 'optout_spool_drained_total', INSTANCE), 'out of it: {{outcome}}'],
          ],
          runbook: 'SpoolInUse',
        },
        {
          title: 'Opt-outs in the spool',
          kind: 'timeseries',
          unit: 'short',
          width: 12,
          queries: [
            [
              `sum by (instance, workspace) (${series('optout_unapplied_spooled', WORKSPACE, INSTANCE)})`,
              '{{instance}} {{workspace}}: all',
            ],
            [
              `sum by (instance, workspace) (${series('optout_unapplied_late_spooled', WORKSPACE, INSTANCE)})`,
              '{{instance}} {{workspace}}: late',
            ],
          ],
          runbook: 'OptOutsLate',
        },
      ],
    },
  ],
};
