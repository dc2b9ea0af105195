import { BUDGET } from '../../prometheus/recordings.mjs';
import { rules } from '../../prometheus/rules.mjs';
import { INSTANCE, WORKSPACE, increase, max, quantile, rate, series } from './promql.mjs';

const LIVE = ['kind="stop"', 'lane="live"', WORKSPACE];
const OURS = rules().flatMap((group) => group.rules.flatMap(({ alert }) => alert ?? []));

/** What is in Redis, which all processes count, and what is in the spool of each ingest. */
const UNAPPLIED = series('workspace:optout_unapplied:sum', WORKSPACE);
const LATE = series('workspace:optout_unapplied_late:max', WORKSPACE);

/** The share of live opt-outs that were not late: an outage shows while it lasts, since what is late by now counts. */
const inTime = (range) => {
  const counted = (name, ...more) => `sum(increase(${series(name, ...more, ...LIVE)}[${range}]))`;
  const ended = counted('optout_end_to_end_seconds_count');
  const deadLettered = counted('optout_events_total', 'outcome="dead_lettered"');
  const late = `sum(${LATE})`;
  return `${counted('optout_end_to_end_seconds_bucket', 'le="60"')} / (${ended} + ${deadLettered} + ${late})`;
};
/** Instead of NaN, in red. */
const NO_OPT_OUTS = 'no opt-outs';
/** With fewer 99.95 % reads 100 %, and 99.89 % reads 99.9 %. */
const DECIMALS = 2;
const burn = (window) => `max(workspace:optout_objective_errors:ratio${window}{${WORKSPACE}}) / ${BUDGET}`;
const stops = (q) => quantile(q, '', 'optout_end_to_end_seconds', ...LIVE);

/** *Are opt-outs honoured?* */
export const optOuts = {
  uid: 'optout-honoured',
  title: 'Are opt-outs honoured?',
  about: 'Whether what people sent is in Customer.io within 60 s. The objective: 99.9 % over 28 days.',
  variables: ['workspace', 'instance'],
  rows: [
    {
      title: 'Now',
      panels: [
        {
          title: 'Within 60 s',
          about: 'Live opt-outs, over the time shown.',
          kind: 'stat',
          unit: 'percentunit',
          width: 3,
          decimals: DECIMALS,
          empty: NO_OPT_OUTS,
          redBelow: 1 - BUDGET,
          queries: [[inTime('$__range')]],
          runbook: 'OptOutsLateFastBurn',
        },
        {
          title: 'Budget left, 28 days',
          kind: 'stat',
          unit: 'percentunit',
          width: 3,
          empty: NO_OPT_OUTS,
          redBelow: 0,
          queries: [[`1 - (1 - ${inTime('28d')}) / ${BUDGET}`]],
          runbook: 'OptOutsLateTicket',
        },
        {
          title: 'Not applied yet',
          kind: 'stat',
          unit: 'short',
          width: 3,
          queries: [[`sum(${UNAPPLIED})`]],
          runbook: 'OptOutsLate',
        },
        {
          title: 'Late by now',
          kind: 'stat',
          unit: 'short',
          width: 3,
          redFrom: 1,
          queries: [[`sum(${LATE})`]],
          runbook: 'OptOutsLate',
        },
        {
          title: 'Oldest not applied',
          kind: 'stat',
          unit: 's',
          width: 3,
          redFrom: 60,
          queries: [[max('', 'optout_oldest_unapplied_seconds', WORKSPACE)]],
          runbook: 'OptOutsLate',
        },
        {
          title: 'Dead letters waiting',
          kind: 'stat',
          unit: 'short',
          width: 3,
          redFrom: 1,
          queries: [[`sum(${max('stage, code', 'optout_dead_letters')})`]],
          runbook: 'DeadLetters',
        },
        {
          title: 'Workspaces paused',
          kind: 'stat',
          unit: 'short',
          width: 3,
          redFrom: 1,
          queries: [[`sum(${max('workspace', 'optout_workspace_paused', WORKSPACE)})`]],
          runbook: 'WorkspacePaused',
        },
        {
          title: 'APIs that are down',
          kind: 'stat',
          unit: 'short',
          width: 3,
          redFrom: 1,
          queries: [[`sum(${max('workspace, api', 'optout_customerio_breaker_state', WORKSPACE)} > bool 0)`]],
          runbook: 'CustomerIoDown',
        },
      ],
    },
    {
      title: 'The objective: 99.9 % within 60 s',
      panels: [
        {
          title: 'Oldest opt-out that is not applied',
          about: 'Above 60 s the objective is broken for somebody.',
          kind: 'timeseries',
          unit: 's',
          width: 12,
          line: 60,
          queries: [[max('workspace', 'optout_oldest_unapplied_seconds', WORKSPACE), '{{workspace}}']],
          runbook: 'OptOutsLate',
        },
        {
          title: 'Opt-outs that are not applied',
          kind: 'timeseries',
          unit: 'short',
          width: 12,
          queries: [
            [UNAPPLIED, '{{workspace}}: all'],
            [LATE, '{{workspace}}: late'],
          ],
          runbook: 'OptOutsLate',
        },
        {
          title: 'Share within 60 s',
          about: 'What is late by now counts as well. A gap: no opt-outs.',
          kind: 'timeseries',
          unit: 'percentunit',
          width: 12,
          decimals: DECIMALS,
          queries: ['5m', '1h'].map((window) => [
            `1 - workspace:optout_objective_errors:ratio${window}{${WORKSPACE}}`,
            `{{workspace}}: ${window}`,
          ]),
          runbook: 'OptOutsLateFastBurn',
        },
        {
          title: 'Burn rate of the error budget',
          about:
            '1 uses the budget up in 28 days. A page comes from 14.4 (1 h) or 6 (6 h), a ticket from 3 (1 d).',
          kind: 'timeseries',
          unit: 'short',
          width: 12,
          queries: ['5m', '1h', '6h', '1d'].map((window) => [burn(window), window]),
          runbook: 'OptOutsLateSlowBurn',
        },
        {
          title: 'From received to applied',
          kind: 'timeseries',
          unit: 's',
          width: 12,
          line: 60,
          queries: [
            [stops(0.5), 'p50'],
            [stops(0.95), 'p95'],
            [stops(0.99), 'p99'],
          ],
          runbook: 'OptOutsLateFastBurn',
        },
        {
          title: 'How long opt-outs took',
          kind: 'heatmap',
          unit: 's',
          width: 12,
          queries: [[increase('le', 'optout_end_to_end_seconds_bucket', ...LIVE), '{{le}}']],
          runbook: 'OptOutsLateSlowBurn',
        },
        {
          title: 'Alerts that fire',
          kind: 'timeline',
          unit: 'short',
          width: 24,
          empty: 'none, or the rules are not loaded',
          queries: [
            [
              `max by (alertname) (ALERTS{alertstate="firing",alertname=~"${OURS.join('|')}"})`,
              '{{alertname}}',
            ],
          ],
          runbook: 'runbook.md',
        },
      ],
    },
    {
      title: 'How events ended',
      panels: [
        {
          title: 'Events by outcome',
          kind: 'timeseries',
          unit: 'eps',
          width: 8,
          queries: [[rate('outcome', 'optout_events_total', WORKSPACE), '{{outcome}}']],
          runbook: 'DeadLetters',
        },
        {
          title: 'Opt-outs by source',
          kind: 'timeseries',
          unit: 'eps',
          width: 8,
          queries: [[rate('source', 'optout_events_total', 'kind="stop"', WORKSPACE), '{{source}}']],
          runbook: 'NoWebhooks',
        },
        {
          title: 'Opt-outs of numbers that nobody has',
          about:
            'Much of it: compare CUSTOMERIO_PHONE_ATTRIBUTE and CUSTOMERIO_PHONE_FORMATS with your people.',
          kind: 'timeseries',
          unit: 'percentunit',
          width: 8,
          queries: [
            [
              `${rate('workspace', 'optout_events_total', 'outcome="no_match"', 'kind="stop"', WORKSPACE)} / ${rate('workspace', 'optout_events_total', 'outcome=~"applied|no_match"', 'kind="stop"', WORKSPACE)}`,
              '{{workspace}}',
            ],
          ],
          runbook: 'operations.md#is-this-person-really-opted-out',
        },
        {
          title: 'Events that went into the queue',
          about: 'What is folded shares the outcome of the same message, which waits there.',
          kind: 'timeseries',
          unit: 'eps',
          width: 8,
          queries: [[rate('source, result', 'optout_enqueued_total', WORKSPACE), '{{source}} {{result}}']],
          runbook: 'OptOutsUnaccounted',
        },
        {
          title: 'Opt-outs that neither ended nor wait, in 1 h',
          about: 'About 0. The counters of a process that dies lose some.',
          kind: 'timeseries',
          unit: 'short',
          width: 8,
          signed: true,
          queries: [[series('workspace:optout_unaccounted:1h', WORKSPACE), '{{workspace}}']],
          runbook: 'OptOutsUnaccounted',
        },
        {
          title: 'Changes of the ledger',
          kind: 'timeseries',
          unit: 'eps',
          width: 8,
          queries: [[rate('kind, channel', 'optout_ledger_changes_total', INSTANCE), '{{kind}} {{channel}}']],
          runbook: 'NoWebhooks',
        },
        {
          title: 'People written',
          kind: 'timeseries',
          unit: 'ops',
          width: 8,
          queries: [[rate('channel', 'optout_people_updated_total', INSTANCE), '{{channel}}']],
          runbook: 'operations.md#is-this-person-really-opted-out',
        },
        {
          title: 'Events of accounts that are not configured',
          kind: 'timeseries',
          unit: 'short',
          width: 8,
          queries: [[max('', 'optout_unassigned_events'), 'waiting']],
          runbook: 'UnassignedEvents',
        },
        {
          title: 'Since the last backfill',
          kind: 'timeseries',
          unit: 's',
          width: 8,
          queries: [['time() - max by (command) (optout_last_success_timestamp_seconds > 0)', '{{command}}']],
          runbook: 'backfill.md',
        },
      ],
    },
    {
      title: 'Kept true: people whom the reconciler compared',
      panels: [
        {
          title: 'Entries compared',
          kind: 'timeseries',
          unit: 'ops',
          width: 6,
          queries: [[rate('workspace', 'optout_reconcile_checked_total', WORKSPACE), '{{workspace}}']],
          runbook: 'ReconcileOverrun',
        },
        {
          title: 'People who differed',
          kind: 'timeseries',
          unit: 'short',
          width: 6,
          queries: [
            [increase('kind, action', 'optout_reconcile_drift_total', WORKSPACE), '{{kind}} {{action}}'],
          ],
          runbook: 'operations.md#is-this-person-really-opted-out',
        },
        {
          title: 'Phones that still differ',
          kind: 'timeseries',
          unit: 'short',
          width: 6,
          queries: [
            [`sum by (kind) (${max('workspace, kind', 'optout_reconcile_findings', WORKSPACE)})`, '{{kind}}'],
          ],
          runbook: 'operations.md#is-this-person-really-opted-out',
        },
        {
          title: 'Since the last full sweep',
          kind: 'timeseries',
          unit: 's',
          width: 6,
          queries: [[max('workspace', 'optout_reconcile_last_pass_age_seconds', WORKSPACE), '{{workspace}}']],
          runbook: 'ReconcileOverrun',
        },
        {
          title: 'Sweeps that take too long',
          kind: 'timeseries',
          unit: 'short',
          width: 6,
          queries: [[max('workspace', 'optout_reconcile_overrun', WORKSPACE), '{{workspace}}']],
          runbook: 'ReconcileOverrun',
        },
        {
          title: 'Opt-outs that were never read back',
          kind: 'timeseries',
          unit: 'short',
          width: 6,
          queries: [[max('workspace', 'optout_reconcile_never_verified', WORKSPACE), '{{workspace}}']],
          runbook: 'verify.md',
        },
        {
          title: 'Native list: how much is caught up',
          kind: 'timeseries',
          unit: 'percentunit',
          width: 6,
          queries: [[max('workspace', 'optout_native_catch_up_ratio', WORKSPACE), '{{workspace}}']],
          runbook: 'architecture.md#the-reconciler',
        },
        {
          title: 'Numbers in a format that is not searched',
          kind: 'timeseries',
          unit: 'short',
          width: 6,
          queries: [[increase('workspace', 'optout_unsearched_formats_total', WORKSPACE), '{{workspace}}']],
          runbook: 'phone-numbers.md',
        },
      ],
    },
    {
      title: 'Held to: what was sent, where SENT_CHECK_PERIOD is set',
      panels: [
        {
          title: 'Sent after an opt-out',
          about: 'The confirmation and blocked messages are allowed.',
          kind: 'timeseries',
          unit: 'short',
          width: 6,
          queries: [[increase('relation', 'optout_sent_after_optout_total'), '{{relation}}']],
          runbook: 'SentAfterOptOut',
        },
        {
          title: 'Share of those written to who opted out, 1 h',
          kind: 'timeseries',
          unit: 'percentunit',
          width: 6,
          queries: [['sender:optout_opt_out_share:ratio1h', '{{sender}}']],
          runbook: 'OptOutShareHigh',
        },
        {
          title: 'Messages sent',
          kind: 'timeseries',
          unit: 'ops',
          width: 6,
          queries: [[rate('sender', 'optout_messages_sent_total'), '{{sender}}']],
          runbook: 'sent-after.md#the-opt-out-share',
        },
        {
          title: 'Since the message log was compared',
          kind: 'timeseries',
          unit: 's',
          width: 6,
          queries: [['min by (account) (optout_message_log_age_seconds)', '{{account}}']],
          runbook: 'MessageLogUnread',
        },
      ],
    },
  ],
};
