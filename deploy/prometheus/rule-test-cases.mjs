const LIVE = 'kind="stop",lane="live",source="webhook",workspace="shop"';
const ENDED = `optout_end_to_end_seconds_count{${LIVE}}`;
const IN_TIME = `optout_end_to_end_seconds_bucket{le="60",${LIVE}}`;
const LATE = 'optout_unapplied_late{workspace="shop"}';
const ENQUEUED =
  'optout_enqueued_total{result="new",kind="stop",lane="live",source="webhook",workspace="shop"}';
const OUTCOME =
  'optout_events_total{outcome="applied",kind="stop",lane="live",source="webhook",workspace="shop"}';
const WAITING = 'optout_unapplied{workspace="shop"}';
const shop = { workspace: 'shop' };
const failure = { stage: 'sync', code: 'customerio_refused' };
const FAILURE = 'stage="sync",code="customerio_refused"';
const webhooks = (outcome, route = 'messages') =>
  `optout_webhooks_total{route="${route}",outcome="${outcome}"}`;
const streamEvents = (type) => `optout_stream_events_total{type="${type}",outcome="accepted"}`;
const slow = (route) => ({
  [`optout_webhook_duration_seconds_bucket{route="${route}",le="5"}`]: '0+1x60',
  [`optout_webhook_duration_seconds_bucket{route="${route}",le="10"}`]: '0+9x60',
  [`optout_webhook_duration_seconds_bucket{route="${route}",le="+Inf"}`]: '0+9x60',
});
const quick = (route) => ({
  [`optout_webhook_duration_seconds_bucket{route="${route}",le="0.1"}`]: '0+3000x60',
  [`optout_webhook_duration_seconds_bucket{route="${route}",le="+Inf"}`]: '0+3000x60',
});
/** What a campaign brings, of which nothing is verified. */
const CALLBACKS = { [webhooks('ignored', 'status')]: '0+3000x400' };

/**
 * For each alert series, in promtool's notation, that make it fire and that leave it quiet, and when it is looked at. `name` says
 * what a case is about where an alert has several, `labels` those of its alert where they are others.
 */
export const CASES = {
  OptOutsLate: {
    at: '6m',
    labels: shop,
    fires: [{ 'optout_oldest_unapplied_seconds{workspace="shop"}': '0 30 61+30x20' }],
    quiet: [{ 'optout_oldest_unapplied_seconds{workspace="shop"}': '0 30 59 0 59 0x20' }],
  },
  OptOutsLateFastBurn: {
    at: '75m',
    labels: shop,
    fires: [
      { name: '2 of 9 are late', [ENDED]: '0+9x240', [IN_TIME]: '0+9x120 1080+7x120', [LATE]: '0x240' },
      {
        name: 'an outage in which nothing ends',
        [ENDED]: '0+9x120 1080x120',
        [IN_TIME]: '0+9x120 1080x120',
        [LATE]: '0x120 0+9x120',
      },
      {
        name: 'an outage of all workers',
        [ENDED]: '0+9x120 stale',
        [IN_TIME]: '0+9x120 stale',
        [LATE]: '0x120 0+9x120',
      },
      {
        name: 'an outage of Redis, in which each of two ingests has a share of the late ones in its spool',
        [ENDED]: '0+9x120 1080x120',
        [IN_TIME]: '0+9x120 1080x120',
        'optout_unapplied_late{workspace="shop",instance="a"}': '0x120 0+0.27x120',
        'optout_unapplied_late_spooled{workspace="shop",instance="a"}': '0x120 0+0.27x120',
        'optout_unapplied_late{workspace="shop",instance="b"}': '0x120 0+0.27x120',
        'optout_unapplied_late_spooled{workspace="shop",instance="b"}': '0x120 0+0.27x120',
      },
      {
        name: 'dead letters',
        [ENDED]: '0+9x240',
        [IN_TIME]: '0+9x240',
        [LATE]: '0x240',
        [`optout_events_total{outcome="dead_lettered",${LIVE}}`]: '0x120 0+1x120',
      },
    ],
    quiet: [
      { name: 'all in time', [ENDED]: '0+9x240', [IN_TIME]: '0+9x240', [LATE]: '0x240' },
      {
        name: 'one late in an hour with five',
        [ENDED]: '0x120 1x24 2x24 3x24 5x48',
        [IN_TIME]: '0x120 1x24 2x24 3x24 4x48',
        [LATE]: '0x240',
      },
      {
        name: 'a replay of letters that are days old',
        [ENDED]: '0+9x240',
        [IN_TIME]: '0+9x240',
        [LATE]: '0x240',
        [ENDED.replace('lane="live"', 'lane="background"')]: '0+9x240',
        [IN_TIME.replace('lane="live"', 'lane="background"')]: '0x240',
      },
    ],
  },
  OptOutsLateSlowBurn: {
    at: '2h',
    labels: shop,
    fires: [{ [ENDED]: '0+9x900', [IN_TIME]: '0+8.9x900', [LATE]: '0x900' }],
    quiet: [{ [ENDED]: '0+9x900', [IN_TIME]: '0+8.99x900', [LATE]: '0x900' }],
  },
  OptOutsLateTicket: {
    at: '3h30m',
    interval: '5m',
    labels: shop,
    fires: [{ [ENDED]: '0+90x400', [IN_TIME]: '0+89.5x400', [LATE]: '0x400' }],
    quiet: [{ [ENDED]: '0+90x400', [IN_TIME]: '0+89.95x400', [LATE]: '0x400' }],
  },
  WorkersStuck: {
    at: '15m',
    labels: { queue: 'inbound-events' },
    fires: [
      {
        name: 'the workers record nothing',
        'optout_queue_jobs{queue="inbound-events",state="waiting"}': '3x40',
        'optout_jobs_total{queue="inbound-events",outcome="recorded"}': '7x40',
      },
      { name: 'no worker runs', 'optout_queue_jobs{queue="inbound-events",state="waiting"}': '3x40' },
    ],
    quiet: [
      {
        'optout_queue_jobs{queue="inbound-events",state="waiting"}': '3x40',
        'optout_jobs_total{queue="inbound-events",outcome="recorded"}': '0+1x40',
      },
    ],
  },
  CustomerIoDown: {
    at: '10m',
    labels: { workspace: 'shop', api: 'app' },
    fires: [{ 'optout_customerio_breaker_state{workspace="shop",api="app"}': '2x40' }],
    quiet: [{ 'optout_customerio_breaker_state{workspace="shop",api="app"}': '0x12 2x8' }],
  },
  WorkspacePaused: {
    at: '4m',
    labels: shop,
    fires: [{ 'optout_workspace_paused{workspace="shop"}': '1x20' }],
    quiet: [{ 'optout_workspace_paused{workspace="shop"}': '0x20' }],
  },
  TwilioConsentsWait: {
    at: '20m',
    labels: { workspace: 'shop', account: 'AC1' },
    fires: [{ 'optout_twilio_breaker_state{workspace="shop",account="AC1"}': '2x40' }],
    quiet: [{ 'optout_twilio_breaker_state{workspace="shop",account="AC1"}': '2x16 0x24' }],
  },
  UnassignedEvents: {
    at: '10m',
    labels: {},
    fires: [{ optout_unassigned_events: '2x40' }],
    quiet: [{ optout_unassigned_events: '0x40' }],
  },
  DeadLetters: {
    at: '22m',
    labels: failure,
    fires: [
      { name: 'the first one', [`optout_dead_letters_total{${FAILURE},workspace="shop"}`]: '0x40 1x20' },
      { name: 'one of a worker that started since', [`optout_dead_letters{${FAILURE}}`]: '0x40 1x20' },
    ],
    quiet: [
      {
        [`optout_dead_letters_total{${FAILURE},workspace="shop"}`]: '5x60',
        [`optout_dead_letters{${FAILURE}}`]: '5x60',
      },
    ],
  },
  DeadLettersOld: {
    at: '10m',
    labels: failure,
    fires: [{ [`optout_dead_letters_oldest_age_seconds{${FAILURE}}`]: '90000+30x40' }],
    quiet: [{ [`optout_dead_letters_oldest_age_seconds{${FAILURE}}`]: '3600+30x40' }],
  },
  OptOutsUnaccounted: {
    at: '3h',
    labels: shop,
    fires: [{ [ENQUEUED]: '0+10x400', [OUTCOME]: '0+9x400', [WAITING]: '0x400' }],
    quiet: [
      { name: 'all end', [ENQUEUED]: '0+10x400', [OUTCOME]: '0+10x400', [WAITING]: '3x400' },
      {
        name: 'an outage, in which they wait',
        [ENQUEUED]: '0+10x400',
        [OUTCOME]: '0x400',
        [WAITING]: '0+10x400',
      },
      {
        name: 'they waited in the spool before',
        [ENQUEUED]: '0+10x400',
        [OUTCOME]: '0+10x400',
        [WAITING]: '4000-10x400',
        'optout_unapplied_spooled{workspace="shop"}': '4000-10x400',
      },
      { name: 'few', [ENQUEUED]: '0x300 0+1x4 4x96', [OUTCOME]: '0x400', [WAITING]: '0x400' },
    ],
  },
  UnsupportedPayloads: {
    at: '10m',
    labels: { queue: 'inbound-events', code: 'event_version_unknown' },
    fires: [
      { 'optout_unsupported_payloads_total{queue="inbound-events",code="event_version_unknown"}': '1+1x40' },
    ],
    quiet: [
      { 'optout_unsupported_payloads_total{queue="inbound-events",code="event_version_unknown"}': '3x40' },
    ],
  },
  JobsStalled: {
    at: '10m',
    labels: { queue: 'customerio-sync' },
    fires: [{ 'optout_jobs_stalled_total{queue="customerio-sync"}': '0x10 1x20' }],
    quiet: [{ 'optout_jobs_stalled_total{queue="customerio-sync"}': '1x40' }],
  },
  ReconcileOverrun: {
    at: '10m',
    labels: shop,
    fires: [{ 'optout_reconcile_overrun{workspace="shop"}': '1x40' }],
    quiet: [{ 'optout_reconcile_overrun{workspace="shop"}': '0x40' }],
  },
  SentAfterOptOut: {
    at: '10m',
    labels: {},
    fires: [
      { name: 'the first one', 'optout_sent_after_optout_total{relation="same_sender"}': '0x10 1x30' },
      {
        name: 'one that another of two workers found',
        'optout_sent_after_optout_total{relation="same_sender",instance="a"}': '3x40',
        'optout_sent_after_optout_total{relation="same_sender",instance="b"}': '0x10 1x30',
      },
    ],
    quiet: [
      {
        'optout_sent_after_optout_total{relation="same_sender"}': '2x40',
        'optout_sent_after_optout_total{relation="other_sender"}': '0+1x40',
        'optout_sent_after_optout_total{relation="confirmation"}': '0+1x40',
        'optout_sent_after_optout_total{relation="blocked"}': '0+1x40',
      },
    ],
  },
  OptOutShareHigh: {
    at: '20m',
    labels: { sender: 'alerts' },
    fires: [
      {
        name: 'a blast to the wrong list, whose opt-outs two workers record',
        'optout_messages_sent_total{sender="alerts"}': '0x10 1000x40',
        'optout_opt_outs_total{sender="alerts",instance="a"}': '0x10 0+2x40',
        'optout_opt_outs_total{sender="alerts",instance="b"}': '0x10 0+2x40',
      },
    ],
    quiet: [
      {
        name: 'a usual share',
        'optout_messages_sent_total{sender="alerts"}': '0x10 1000x40',
        'optout_opt_outs_total{sender="alerts"}': '0x10 20x40',
      },
      {
        name: 'few messages',
        'optout_messages_sent_total{sender="alerts"}': '0x10 50x40',
        'optout_opt_outs_total{sender="alerts"}': '0x10 25x40',
      },
      {
        name: 'the messages are not counted yet',
        'optout_messages_sent_total{sender="alerts"}': '0x50',
        'optout_opt_outs_total{sender="alerts"}': '0x10 25x40',
      },
    ],
  },
  MessageLogUnread: {
    at: '10m',
    labels: { account: 'AC1' },
    fires: [{ 'optout_message_log_age_seconds{account="AC1"}': '11000+30x40' }],
    quiet: [
      {
        'optout_message_log_age_seconds{account="AC1",instance="a"}': '400x40',
        'optout_message_log_age_seconds{account="AC1",instance="b"}': '20000x40',
      },
    ],
  },
  SignaturesRefused: {
    at: '20m',
    labels: { route: 'messages' },
    fires: [
      { name: 'a wrong token', [webhooks('bad_signature')]: '0+5x60', [webhooks('accepted')]: '0+1x60' },
      {
        name: 'a wrong token in a campaign, whose status callbacks nobody verifies',
        [webhooks('bad_signature')]: '0+5x60',
        [webhooks('accepted')]: '0x60',
        [webhooks('bad_signature', 'status')]: '0x60',
        ...CALLBACKS,
      },
      {
        name: 'a wrong token, beside what Customer.io and other systems send with tokens of ours',
        [webhooks('bad_signature')]: '0+5x60',
        [webhooks('accepted', 'people')]: '0+90x60',
        [webhooks('ignored', 'optouts')]: '0+90x60',
      },
      {
        name: 'a proxy that removes the header',
        [webhooks('missing_signature')]: '0+5x60',
        [webhooks('accepted')]: '0x60',
      },
      {
        name: 'of reports of blocked sends, among callbacks that nobody verifies',
        labels: { route: 'status' },
        [webhooks('bad_signature', 'status')]: '0+5x60',
        [webhooks('accepted', 'status')]: '0+1x60',
        ...CALLBACKS,
        [webhooks('accepted')]: '0+9x60',
      },
    ],
    quiet: [
      { name: 'few of many', [webhooks('bad_signature')]: '0+1x60', [webhooks('accepted')]: '0+9x60' },
      { name: 'few', [webhooks('bad_signature')]: '0x20 1+1x5 6x40', ...CALLBACKS },
      {
        name: 'a forger, beside batches of which nothing concerns consent',
        [webhooks('bad_signature', 'events')]: '0+1x60',
        [webhooks('ignored', 'events')]: '0+9x60',
      },
      { name: 'a campaign', [webhooks('accepted')]: '0+1x60', ...CALLBACKS },
    ],
  },
  WebhooksAstray: {
    at: '10m',
    labels: {},
    fires: [
      {
        name: 'the first one',
        'optout_signed_requests_astray_total{instance="a"}': '0x10 1x30',
        'optout_signed_requests_astray_total{instance="b"}': '0x40',
      },
    ],
    quiet: [{ optout_signed_requests_astray_total: '3x40', optout_unknown_paths_total: '0+5x40' }],
  },
  SidsDiffer: {
    at: '10m',
    labels: { route: 'messages' },
    fires: [{ 'optout_sid_mismatches_total{route="messages"}': '0x10 1x30' }],
    quiet: [{ 'optout_sid_mismatches_total{route="messages"}': '1x40' }],
  },
  WebhooksRefused5xx: {
    at: '6m',
    labels: { route: 'messages' },
    fires: [{ [webhooks('storage_unavailable')]: '0+1x40' }],
    quiet: [{ [webhooks('storage_unavailable')]: '0x40', [webhooks('bad_signature')]: '0+1x40' }],
  },
  WebhooksSlow: {
    at: '15m',
    labels: { route: 'messages' },
    fires: [
      { name: 'all messages', ...slow('messages') },
      {
        name: 'all messages, among callbacks that are answered at once',
        ...slow('messages'),
        ...quick('status'),
      },
    ],
    quiet: [{ ...quick('messages'), ...quick('status') }],
  },
  NoWebhooks: {
    at: '25h',
    interval: '5m',
    labels: { route: 'messages' },
    fires: [
      { name: 'nothing comes', [webhooks('accepted')]: '0+3x12 36x300' },
      {
        name: 'the inbound URL is gone, and status callbacks come',
        [webhooks('not_a_keyword')]: '0+3x12 36x300',
        [webhooks('accepted', 'status')]: '0+3x400',
        ...CALLBACKS,
      },
      {
        name: 'the inbound URL is gone, and failed messages, people and opt-outs of other systems come',
        [webhooks('accepted')]: '0+3x12 36x300',
        [webhooks('accepted', 'events')]: '0+3x400',
        [webhooks('ignored', 'events')]: '0+3x400',
        [streamEvents('message_failed')]: '0+3x400',
        [webhooks('accepted', 'people')]: '0+3x400',
        [webhooks('accepted', 'optouts')]: '0+3x400',
        [webhooks('accepted', 'link')]: '0+3x400',
      },
      {
        name: 'a subscription of Event Streams that is gone, whose sink has failed messages',
        labels: { route: 'events' },
        [streamEvents('inbound_message')]: '0+3x12 36x300',
        [streamEvents('message_failed')]: '0+3x400',
        [webhooks('accepted', 'events')]: '0+3x400',
        [webhooks('accepted')]: '0+3x400',
      },
    ],
    quiet: [
      { name: 'messages come', [webhooks('accepted')]: '0+3x400' },
      {
        name: 'messages come, none of them a keyword',
        [webhooks('accepted')]: '0+3x12 36x300',
        [webhooks('not_a_keyword')]: '0+3x400',
      },
      { name: 'a route that has never had any', [webhooks('accepted', 'studio')]: '0x400', ...CALLBACKS },
      {
        name: 'large batches of Event Streams, which a worker parses',
        'optout_stream_events_total{type="inbound_message",outcome="accepted",job="optout-ingest"}':
          '0+3x12 36x300',
        'optout_stream_events_total{type="inbound_message",outcome="accepted",job="optout-worker"}':
          '0+3x400',
      },
    ],
  },
  SpoolDown: {
    at: '4m',
    labels: { instance: 'ingest' },
    fires: [{ 'optout_spool_up{instance="ingest"}': '0x20' }],
    quiet: [{ 'optout_spool_up{instance="ingest"}': '1x20' }],
  },
  SpoolInUse: {
    at: '10m',
    labels: { instance: 'ingest' },
    fires: [{ 'optout_spool_items{instance="ingest"}': '5x40' }],
    quiet: [{ 'optout_spool_items{instance="ingest"}': '0x5 5x8 0x40' }],
  },
  SpoolLeftBehind: {
    at: '20m',
    labels: { instance: 'ingest' },
    fires: [
      {
        name: 'an ingest that is no target any more',
        'optout_spool_items{instance="ingest"}': '0x5 5x5 stale',
        'optout_spool_items{instance="other"}': '0x60',
      },
    ],
    quiet: [
      { name: 'it had none', 'optout_spool_items{instance="ingest"}': '5x5 0x5 stale' },
      { name: 'it is back', 'optout_spool_items{instance="ingest"}': '5x5 _x10 5x40' },
    ],
  },
  RedisDown: {
    at: '4m',
    labels: { instance: 'worker', role: 'store' },
    fires: [{ 'optout_redis_up{role="store",instance="worker"}': '0x20' }],
    quiet: [{ 'optout_redis_up{role="store",instance="worker"}': '1 0 1x20' }],
  },
  RedisNotDurable: {
    at: '10m',
    labels: { fault: 'no_fsync' },
    fires: [{ 'optout_redis_durability_fault{fault="no_fsync"}': '1x40' }],
    quiet: [
      {
        'optout_redis_durability_fault{fault="no_fsync"}': '0x40',
        'optout_redis_durability_fault{fault="unknown"}': '1x40',
      },
    ],
  },
  TargetDown: {
    at: '5m',
    labels: { job: 'optout-worker', instance: 'worker' },
    fires: [
      {
        name: 'one of two workers',
        'up{job="optout-worker",instance="worker"}': '0x20',
        'up{job="optout-worker",instance="other"}': '1x20',
        'up{job="optout-ingest",instance="ingest"}': '1x20',
      },
      {
        name: 'no worker is a target',
        labels: { job: 'optout-worker' },
        'up{job="optout-ingest",instance="ingest"}': '1x20',
      },
    ],
    quiet: [
      {
        'up{job="optout-worker",instance="worker"}': '1x20',
        'up{job="optout-ingest",instance="ingest"}': '1x20',
        'up{job="another",instance="worker"}': '0x20',
      },
    ],
  },
};
