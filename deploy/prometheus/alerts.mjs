import { BUDGET } from './recordings.mjs';
import { REFUSED, checked } from './webhook-series.mjs';

const [MINUTE, HOUR, DAY] = [60, 3600, 86400];
/** Opt-outs an hour below which one late opt-out would burn the budget of a week: OptOutsLate watches over those. */
const LITTLE_TRAFFIC = 20;

/** Messages an hour below which a few opt-outs are a large share. */
const FEW_MESSAGES = 200;

const ratio = (window, factor) => `workspace:optout_objective_errors:ratio${window} > ${factor} * ${BUDGET}`;
const burn = (long, short, factor) =>
  [
    ratio(long, factor),
    `and ${ratio(short, factor)}`,
    `and workspace:optout_objective_events:increase${long} > ${LITTLE_TRAFFIC}`,
  ].join('\n');
const page = { severity: 'page' };
const ticket = { severity: 'ticket' };

/**
 * The alerts on opt-outs and on what they wait for.
 *
 * @param {(seconds: number) => string} duration writes a duration, scaled
 * @returns {{ alert: string, expr: string, for?: string, labels: { severity: string }, summary: string }[]}
 */
export const optOutAlerts = (duration) => [
  {
    alert: 'OptOutsLate',
    expr: 'workspace:optout_oldest_unapplied_seconds:max > 60',
    for: duration(MINUTE),
    labels: page,
    summary: 'A live opt-out of {{ $labels.workspace }} has waited for more than 60 s',
  },
  {
    alert: 'OptOutsLateFastBurn',
    expr: burn('1h', '5m', 14.4),
    for: duration(2 * MINUTE),
    labels: page,
    summary:
      'Opt-outs of {{ $labels.workspace }} are late: 2 % of the error budget of 28 days is used in an hour',
  },
  {
    alert: 'OptOutsLateSlowBurn',
    expr: burn('6h', '30m', 6),
    for: duration(15 * MINUTE),
    labels: page,
    summary:
      'Opt-outs of {{ $labels.workspace }} are late: 5 % of the error budget of 28 days is used in six hours',
  },
  {
    alert: 'OptOutsLateTicket',
    expr: burn('1d', '2h', 3),
    for: duration(HOUR),
    labels: ticket,
    summary:
      'Opt-outs of {{ $labels.workspace }} are late: 10 % of the error budget of 28 days is used in a day',
  },
  {
    alert: 'WorkersStuck',
    expr: [
      'max by (queue) (optout_queue_jobs{queue="inbound-events",state="waiting"}) > 0',
      `unless on (queue) sum by (queue) (increase(optout_jobs_total{queue="inbound-events"}[${duration(5 * MINUTE)}])) > 0`,
    ].join('\n'),
    for: duration(5 * MINUTE),
    labels: page,
    summary: 'Events wait and no worker has recorded one for 5 minutes',
  },
  {
    alert: 'CustomerIoDown',
    expr: 'max by (workspace, api) (optout_customerio_breaker_state) > 0',
    for: duration(5 * MINUTE),
    labels: page,
    summary: 'Customer.io {{ $labels.api }} does not work for workspace {{ $labels.workspace }}',
  },
  {
    alert: 'WorkspacePaused',
    expr: 'max by (workspace) (optout_workspace_paused) == 1',
    for: duration(MINUTE),
    labels: page,
    summary: 'Customer.io rejects the keys, the region or an operation of workspace {{ $labels.workspace }}',
  },
  {
    alert: 'TwilioConsentsWait',
    expr: 'max by (workspace, account) (optout_twilio_breaker_state) > 0',
    for: duration(15 * MINUTE),
    labels: ticket,
    summary:
      "Opt-outs of {{ $labels.workspace }} wait to be written to Twilio's own list: its Consents API is down or rejects the key",
  },
  {
    alert: 'UnassignedEvents',
    expr: 'max(optout_unassigned_events) > 0',
    for: duration(5 * MINUTE),
    labels: ticket,
    summary: 'Events of a Twilio account that is not configured wait',
  },
  {
    alert: 'DeadLetters',
    expr: [
      `sum by (stage, code) (increase(optout_dead_letters_total[${duration(15 * MINUTE)}])) > 0`,
      'or',
      `max by (stage, code) (optout_dead_letters) - max by (stage, code) (optout_dead_letters offset ${duration(15 * MINUTE)}) > 0`,
    ].join('\n'),
    labels: ticket,
    summary: 'New dead letters: {{ $labels.stage }}, {{ $labels.code }}',
  },
  {
    alert: 'DeadLettersOld',
    expr: `max by (stage, code) (optout_dead_letters_oldest_age_seconds) > ${DAY}`,
    for: duration(5 * MINUTE),
    labels: ticket,
    summary: 'Dead letters have waited for more than a day: {{ $labels.stage }}, {{ $labels.code }}',
  },
  {
    alert: 'OptOutsUnaccounted',
    expr: [
      'workspace:optout_unaccounted:1h > 5',
      `and workspace:optout_unaccounted:1h > 0.02 * sum by (workspace) (increase(optout_enqueued_total{result="new",kind="stop",lane="live"}[${duration(HOUR)}]))`,
    ].join('\n'),
    for: duration(30 * MINUTE),
    labels: ticket,
    summary: 'Live opt-outs of {{ $labels.workspace }} that were enqueued neither ended nor wait',
  },
  {
    alert: 'UnsupportedPayloads',
    expr: `sum by (queue, code) (increase(optout_unsupported_payloads_total[${duration(15 * MINUTE)}])) > 0`,
    labels: ticket,
    summary:
      'Jobs of {{ $labels.queue }} that a newer version wrote wait: upgrade the workers within 24 hours',
  },
  {
    alert: 'JobsStalled',
    expr: `sum by (queue) (increase(optout_jobs_stalled_total[${duration(15 * MINUTE)}])) > 0`,
    labels: ticket,
    summary: 'A worker died or froze while it ran jobs of {{ $labels.queue }}',
  },
  {
    alert: 'ReconcileOverrun',
    expr: 'max by (workspace) (optout_reconcile_overrun) == 1',
    for: duration(5 * MINUTE),
    labels: ticket,
    summary: 'The sweep of workspace {{ $labels.workspace }} takes longer than RECONCILE_PERIOD',
  },
  {
    alert: 'SentAfterOptOut',
    expr: `sum(increase(optout_sent_after_optout_total{relation="same_sender"}[${duration(HOUR)}])) > 0`,
    labels: page,
    summary:
      'A message was sent to somebody who had opted out of its sender: optout-sync sent-after list shows it',
  },
  {
    alert: 'OptOutShareHigh',
    expr: [
      'sender:optout_opt_out_share:ratio1h > 0.03',
      `and sum by (sender) (increase(optout_messages_sent_total[${duration(HOUR)}])) > ${FEW_MESSAGES}`,
    ].join('\n'),
    labels: ticket,
    summary: 'More than 3 % of those whom {{ $labels.sender }} wrote to within an hour opted out',
  },
  {
    alert: 'MessageLogUnread',
    expr: `min by (account) (optout_message_log_age_seconds) > ${3 * HOUR}`,
    for: duration(5 * MINUTE),
    labels: ticket,
    summary: 'The message log of {{ $labels.account }} has not been compared with the opt-outs for 3 hours',
  },
];

/**
 * Routes that report inbound messages, had some a day ago, and have none now. The others say nothing of them: status callbacks go on when the
 * inbound URL is gone. So do reports of failed messages in the batches of Event Streams, which is why its events are counted.
 */
function quietRoutes(duration) {
  const sixHours = duration(6 * HOUR);
  const inbound = (offset = '') =>
    [
      `sum by (route) (increase(optout_webhooks_total{route=~"messages|studio",outcome=~"accepted|not_a_keyword|dead_lettered"}[${sixHours}]${offset})`,
      `or label_replace(increase(optout_stream_events_total{type="inbound_message"}[${sixHours}]${offset}), "route", "events", "", ""))`,
    ].join('\n');
  return [`${inbound()} == 0`, `and ${inbound(` offset ${duration(DAY)}`)} > 20`].join('\n');
}

/**
 * The alerts on webhooks, the spool, Redis and the processes.
 *
 * @param {(seconds: number) => string} duration writes a duration, scaled
 * @returns {{ alert: string, expr: string, for?: string, labels: { severity: string }, summary: string }[]}
 */
export const serviceAlerts = (duration) => {
  const [five, ten] = [duration(5 * MINUTE), duration(10 * MINUTE)];
  const webhooks = (selector = '') => `increase(optout_webhooks_total${selector && `{${selector}}`}[${ten}])`;
  const refused = `sum by (route) (${webhooks(`outcome=~"${REFUSED}"`)})`;
  return [
    {
      alert: 'SignaturesRefused',
      expr: [`${refused} / sum by (route) ${checked(webhooks)} > 0.5`, `and ${refused} > 10`].join('\n'),
      for: five,
      labels: page,
      summary: 'Most webhooks of the route {{ $labels.route }} fail the check of their signature',
    },
    {
      alert: 'WebhooksAstray',
      expr: `sum(increase(optout_signed_requests_astray_total[${duration(15 * MINUTE)}])) > 0`,
      labels: page,
      summary: 'Twilio calls a path where there is nothing: what it sends there is lost',
    },
    {
      alert: 'SidsDiffer',
      expr: `sum by (route) (increase(optout_sid_mismatches_total[${duration(15 * MINUTE)}])) > 0`,
      labels: ticket,
      summary:
        'Opt-outs were applied although the SIDs of the signed message differ, on the route {{ $labels.route }}',
    },
    {
      alert: 'WebhooksRefused5xx',
      expr: `sum by (route) (increase(optout_webhooks_total{outcome=~"storage_unavailable|internal_error"}[${five}])) > 0`,
      for: duration(2 * MINUTE),
      labels: page,
      summary: 'Ingest answers webhooks of the route {{ $labels.route }} with 5xx',
    },
    {
      alert: 'WebhooksSlow',
      expr: `histogram_quantile(0.99, sum by (le, route) (rate(optout_webhook_duration_seconds_bucket[${five}]))) > 5`,
      for: five,
      labels: page,
      summary:
        'Ingest takes more than 5 s for a webhook of the route {{ $labels.route }}; Twilio gives up after 15 s',
    },
    {
      alert: 'NoWebhooks',
      expr: quietRoutes(duration),
      labels: ticket,
      summary:
        'No inbound message has come to the route {{ $labels.route }} for 6 hours, and some did a day ago',
    },
    {
      alert: 'SpoolDown',
      expr: 'min by (instance) (optout_spool_up) == 0',
      for: duration(MINUTE),
      labels: page,
      summary: 'The spool of {{ $labels.instance }} takes no events',
    },
    {
      alert: 'SpoolInUse',
      expr: 'max by (instance) (optout_spool_items) > 0',
      for: five,
      labels: page,
      summary: 'Events have waited in the spool of {{ $labels.instance }} for 5 minutes',
    },
    {
      alert: 'SpoolLeftBehind',
      // Nobody else counts what is on the disk of an ingest that is gone.
      expr: `max by (instance) (last_over_time(optout_spool_items[${duration(DAY)}])) > 0 unless on (instance) optout_spool_items`,
      for: five,
      labels: page,
      summary: 'The ingest {{ $labels.instance }} is gone, and its spool had events that nobody applies',
    },
    {
      alert: 'RedisDown',
      expr: 'min by (instance, role) (optout_redis_up) == 0',
      for: duration(MINUTE),
      labels: page,
      summary: 'Redis does not answer {{ $labels.instance }} ({{ $labels.role }})',
    },
    {
      alert: 'RedisNotDurable',
      expr: 'max by (fault) (optout_redis_durability_fault{fault!="unknown"}) == 1',
      for: five,
      labels: ticket,
      summary: 'Redis may lose what it acknowledged: {{ $labels.fault }}',
    },
    {
      alert: 'TargetDown',
      // A service without any instance may have no target either.
      expr: [
        'up{job=~"optout-.*"} == 0',
        'or absent(up{job="optout-ingest"})',
        'or absent(up{job="optout-worker"})',
      ].join('\n'),
      for: duration(2 * MINUTE),
      labels: page,
      summary: '{{ $labels.job }} {{ $labels.instance }} cannot be scraped',
    },
  ];
};
