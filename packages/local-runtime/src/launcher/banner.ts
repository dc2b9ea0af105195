import { WEBHOOK_PATHS } from '@optout-sync/shared/domain';
import type { Plan } from '../config/plan';
import { curlCommand, peopleCurlCommand } from '../demo/curl-command';
import type { SystemUrls } from '../system/local-system';

/** The addresses of a running system and the commands to use it with. */
export function banner(plan: Plan, urls: SystemUrls): string {
  const rows = [
    ['webhook', urls.webhook],
    ['ingest', `${urls.ingestAdmin}/metrics  /healthz  /readyz`],
    ['worker', `${urls.workerAdmin}/metrics  /healthz  /readyz`],
    [
      'Customer.io',
      urls.sandbox === undefined
        ? 'your workspace'
        : `${urls.sandbox} (sandbox; docs/simulator.md shows how to change its people)`,
    ],
    ['logs', 'data/logs/'],
    ['dead letters', deadLetterCommand(plan)],
    ...(plan.mode === 'demo' ? [['send as Twilio', 'npm run simulate -- --help']] : []),
  ].map(([name = '', value]) => `  ${name.padEnd(16)}${value}`);
  const what =
    plan.mode === 'demo'
      ? 'Running a demo, without credentials (.env.example lists those that your accounts need).'
      : 'Running on your accounts: opt-outs are written to your Customer.io workspace.';
  const more =
    plan.mode === 'demo'
      ? [
          '',
          'One more STOP:',
          curlCommand(plan.account, urls.webhook),
          '',
          'A person is new or changed the number (docs/people-webhook.md):',
          peopleCurlCommand(plan.peopleToken, new URL(WEBHOOK_PATHS.people, urls.webhook).href),
        ]
      : [];
  return ['', what, ...rows, ...more, '', 'Ctrl-C stops everything.'].join('\n');
}

/** Without REDIS_URL the command finds the Redis of the running system, and its prefix, itself. */
function deadLetterCommand({ mode, config }: Plan): string {
  const hasOwnPrefix = mode === 'demo' && config.redisUrl !== undefined;
  return `${hasOwnPrefix ? `QUEUE_PREFIX=${config.prefix} ` : ''}npm run dlq -- list`;
}
