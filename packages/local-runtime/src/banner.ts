import type { Plan } from './config/plan';
import { curlCommand } from './demo/curl-command';
import type { SystemUrls } from './system/local-system';

/** What a user wants to know of a running system: where it is and what can be done with it. */
export function banner(plan: Plan, urls: SystemUrls): string {
  const places = [
    ['webhook', urls.webhook],
    ['ingest', `${urls.ingestAdmin}/metrics  /healthz  /readyz`],
    ['worker', `${urls.workerAdmin}/metrics  /healthz  /readyz`],
    ['Customer.io', urls.sandbox === undefined ? 'your workspace' : `${urls.sandbox} (stand-in)`],
    ['logs', 'data/logs/'],
    ['dead letters', deadLetterCommand(plan)],
    ...(plan.mode === 'demo' ? [['play Twilio', 'npm run simulate -- --help']] : []),
  ].map(([name = '', value]) => `  ${name.padEnd(14)}${value}`);
  const what =
    plan.mode === 'demo'
      ? 'Running as a demo, without credentials (.env.example lists those that the real thing needs).'
      : 'Running for real: opt-outs go to your Customer.io workspace.';
  const more = plan.mode === 'demo' ? ['', 'One more STOP:', curlCommand(plan.account, urls.webhook)] : [];
  return ['', what, ...places, ...more, '', 'Ctrl-C stops everything.'].join('\n');
}

/** Without REDIS_URL the command finds the Redis of the running system, and its prefix, by itself. */
function deadLetterCommand({ mode, config }: Plan): string {
  const isGuest = mode === 'demo' && config.redisUrl !== undefined;
  return `${isGuest ? `QUEUE_PREFIX=${config.prefix} ` : ''}npm run dlq -- list`;
}
