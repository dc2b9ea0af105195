import { INSTANCE, OUR_PROCESSES, WINDOW, increase, max, quantile, rate, series } from './promql.mjs';

const ours = (name) => series(name, OUR_PROCESSES);
const NAME = '{{service}} {{instance}}';

/** *Processes and Redis* */
export const processes = {
  uid: 'optout-processes',
  title: 'Processes and Redis',
  about:
    'Which processes run, which release, what they use, whether Redis answers them, and who uses the console.',
  variables: ['instance'],
  rows: [
    {
      title: 'Processes',
      panels: [
        {
          title: 'Can be scraped',
          kind: 'timeseries',
          unit: 'short',
          width: 6,
          queries: [[ours('up'), '{{job}} {{instance}}']],
          runbook: 'TargetDown',
        },
        {
          title: 'Releases',
          kind: 'timeseries',
          unit: 'short',
          width: 6,
          queries: [
            [
              `count by (service, version, node) (${series('optout_build_info', INSTANCE)})`,
              '{{service}} {{version}}, Node {{node}}',
            ],
          ],
          runbook: 'upgrade.md',
        },
        {
          title: 'Configurations of a service',
          about: 'More than 1: its replicas differ.',
          kind: 'timeseries',
          unit: 'short',
          width: 6,
          queries: [
            [
              `count by (job) (count by (job, digest) (${series('optout_config_info', INSTANCE)}))`,
              '{{job}}',
            ],
          ],
          runbook: 'configuration.md',
        },
        {
          title: 'Up for',
          kind: 'timeseries',
          unit: 's',
          width: 6,
          queries: [[`time() - ${ours('process_start_time_seconds')}`, NAME]],
          runbook: 'TargetDown',
        },
        {
          title: 'CPU',
          about: '100 % is one core.',
          kind: 'timeseries',
          unit: 'percentunit',
          width: 8,
          queries: [[`rate(${ours('process_cpu_seconds_total')}[${WINDOW}])`, NAME]],
          runbook: 'scaling.md#limits-in-order',
        },
        {
          title: 'Resident memory',
          kind: 'timeseries',
          unit: 'bytes',
          width: 8,
          queries: [[ours('process_resident_memory_bytes'), NAME]],
          runbook: 'scaling.md#limits-in-order',
        },
        {
          title: 'Heap in use',
          kind: 'timeseries',
          unit: 'bytes',
          width: 8,
          queries: [[ours('nodejs_heap_size_used_bytes'), NAME]],
          runbook: 'scaling.md#limits-in-order',
        },
        {
          title: 'Event loop delay (p99)',
          kind: 'timeseries',
          unit: 's',
          width: 8,
          queries: [[ours('nodejs_eventloop_lag_p99_seconds'), NAME]],
          runbook: 'WebhooksSlow',
        },
        {
          title: 'Time in garbage collection',
          kind: 'timeseries',
          unit: 'percentunit',
          width: 8,
          queries: [
            [`sum by (service, instance) (rate(${ours('nodejs_gc_duration_seconds_sum')}[${WINDOW}]))`, NAME],
          ],
          runbook: 'scaling.md#limits-in-order',
        },
        {
          title: 'File descriptors in use',
          kind: 'timeseries',
          unit: 'percentunit',
          width: 8,
          queries: [[`${ours('process_open_fds')} / ${ours('process_max_fds')}`, NAME]],
          runbook: 'operations.md#connections',
        },
        {
          title: 'Duration of a scrape',
          kind: 'timeseries',
          unit: 's',
          width: 8,
          queries: [[ours('scrape_duration_seconds'), '{{job}} {{instance}}']],
          runbook: 'TargetDown',
        },
        {
          title: 'Log lines dropped',
          kind: 'timeseries',
          unit: 'short',
          width: 8,
          queries: [[increase('service, instance', 'optout_log_lines_dropped_total', INSTANCE), NAME]],
          runbook: 'operations.md#log-lines',
        },
        {
          title: 'Stored for workspaces that are not configured',
          kind: 'timeseries',
          unit: 'short',
          width: 8,
          queries: [
            [max('stored_as', 'optout_unserved_ledger_entries'), 'entries of {{stored_as}}'],
            [max('stored_as', 'optout_unserved_jobs'), 'jobs of {{stored_as}}'],
          ],
          runbook: 'configuration.md#renaming-a-workspace',
        },
      ],
    },
    {
      title: 'Redis',
      panels: [
        {
          title: 'Answers',
          kind: 'timeseries',
          unit: 'short',
          width: 6,
          queries: [
            [`min by (service, instance, role) (${series('optout_redis_up', INSTANCE)})`, `${NAME} {{role}}`],
          ],
          runbook: 'RedisDown',
        },
        {
          title: 'Answers within (p99)',
          kind: 'timeseries',
          unit: 's',
          width: 6,
          queries: [
            [quantile(0.99, 'service, role', 'optout_redis_ping_seconds', INSTANCE), '{{service}} {{role}}'],
          ],
          runbook: 'RedisDown',
        },
        {
          title: 'Connections that came back',
          kind: 'timeseries',
          unit: 'short',
          width: 6,
          queries: [
            [increase('service, role', 'optout_redis_reconnects_total', INSTANCE), '{{service}} {{role}}'],
          ],
          runbook: 'RedisDown',
        },
        {
          title: 'May lose what it acknowledged',
          kind: 'timeseries',
          unit: 'short',
          width: 6,
          queries: [[max('fault', 'optout_redis_durability_fault', INSTANCE), '{{fault}}']],
          runbook: 'RedisNotDurable',
        },
      ],
    },
    {
      title: 'Console, where it runs',
      panels: [
        {
          title: 'Requests to the console',
          kind: 'timeseries',
          unit: 'reqps',
          width: 8,
          queries: [[rate('part, status', 'optout_console_requests_total', INSTANCE), '{{part}} {{status}}']],
          runbook: 'console.md',
        },
        {
          title: 'Time until the console answers (p95)',
          kind: 'timeseries',
          unit: 's',
          width: 8,
          queries: [
            [quantile(0.95, 'part', 'optout_console_request_duration_seconds', INSTANCE), '{{part}}'],
          ],
          runbook: 'console.md',
        },
        {
          title: 'Attempts to log in',
          about: 'Many that are refused or limited: somebody guesses passwords.',
          kind: 'timeseries',
          unit: 'short',
          width: 8,
          queries: [[increase('outcome', 'optout_console_logins_total', INSTANCE), '{{outcome}}']],
          runbook: 'console.md#how-it-knows-who-asks',
        },
      ],
    },
  ],
};
