/** The share of live opt-outs that may be late: the objective is 99.9 % within 60 s, over 28 days. */
export const BUDGET = 0.001;

/** The windows over which the objective is looked at, by name, in seconds. */
const WINDOWS = {
  '5m': 300,
  '30m': 1800,
  '1h': 3600,
  '2h': 7200,
  '6h': 21600,
  '1d': 86400,
  '3d': 259200,
};

const LATE = 'workspace:optout_unapplied_late:max';
const IN_REDIS = 'workspace:optout_unapplied_in_redis:max';
const LIVE_STOPS = 'kind="stop",lane="live"';

/** What is in Redis, which every process counts. The worker has no spool. */
const inRedis = (metric) => `max by (workspace) (${metric} - (${metric}_spooled or ${metric} * 0))`;

/** What is in Redis, and what is in the spool of each ingest, which it counts alone. */
const everywhere = (metric) =>
  [inRedis(metric), `+ (sum by (workspace) (${metric}_spooled) or max by (workspace) (${metric}) * 0)`].join(
    '\n',
  );

/** Opt-outs that went into the queue within an hour, and neither ended nor wait. Counters of a process that dies lose some. */
function unaccounted(duration) {
  const hour = duration(3600);
  const ended = `sum by (workspace) (increase(optout_events_total{${LIVE_STOPS}}[${hour}]))`;
  return [
    `sum by (workspace) (increase(optout_enqueued_total{result="new",${LIVE_STOPS}}[${hour}]))`,
    `- ${ended}`,
    `- (${IN_REDIS} - ${IN_REDIS} offset ${hour})`,
  ].join('\n');
}

/**
 * The recording rules. An opt-out counts as good when it ended within 60 s, and at all when it ended, was dead-lettered, or is late
 * by now: so an outage shows while it lasts. `late * 0` stands in while no worker is scraped; ingest still counts what is late.
 *
 * @param {(seconds: number) => string} duration writes a duration, scaled
 * @returns {{ record: string, expr: string }[]}
 */
export function recordings(duration) {
  const perWorkspace = (series, window) =>
    `(sum by (workspace) (increase(${series}[${duration(window)}])) or ${LATE} * 0)`;
  return [
    // The name is that of a time when one ingest alone could spool.
    { record: LATE, expr: everywhere('optout_unapplied_late') },
    { record: 'workspace:optout_unapplied:sum', expr: everywhere('optout_unapplied') },
    { record: IN_REDIS, expr: inRedis('optout_unapplied') },
    { record: 'workspace:optout_unaccounted:1h', expr: unaccounted(duration) },
    {
      record: 'workspace:optout_oldest_unapplied_seconds:max',
      expr: 'max by (workspace) (optout_oldest_unapplied_seconds)',
    },
    {
      record: 'sender:optout_opt_out_share:ratio1h',
      expr: ['optout_opt_outs_total', 'optout_messages_sent_total']
        .map((counter) => `sum by (sender) (increase(${counter}[${duration(3600)}]))`)
        .join('\n/ '),
    },
    ...Object.entries(WINDOWS).flatMap(([name, window]) => [
      {
        record: `workspace:optout_objective_events:increase${name}`,
        expr: [
          perWorkspace(`optout_end_to_end_seconds_count{${LIVE_STOPS}}`, window),
          `+ ${perWorkspace(`optout_events_total{outcome="dead_lettered",${LIVE_STOPS}}`, window)}`,
          `+ ${LATE}`,
        ].join('\n'),
      },
      {
        record: `workspace:optout_objective_errors:ratio${name}`,
        expr: [
          `1 - ${perWorkspace(`optout_end_to_end_seconds_bucket{le="60",${LIVE_STOPS}}`, window)}`,
          `/ (workspace:optout_objective_events:increase${name} > 0)`,
        ].join('\n'),
      },
    ]),
  ];
}
