import { DEMO_PHONES } from '@optout-sync/customerio-sandbox';
import { RETRY_OVERRIDES, WEBHOOK_PATHS } from '@optout-sync/shared/domain';
import type { Plan } from '../config/plan';
import { curlCommand, peopleCurlCommand } from '../demo/curl-command';
import { demoLink } from '../demo/press-link';
import type { LocalSystem, SystemUrls } from '../system/local-system';

type Row = readonly [name: string, value: string];

/**
 * The addresses of a running system and the commands to use it with.
 *
 * @param page the address of the demo page
 */
export function banner(
  plan: Plan,
  urls: SystemUrls,
  parts: ReturnType<LocalSystem['parts']>,
  page: string | undefined,
): string {
  const what =
    plan.mode === 'demo'
      ? 'Running a demo, without credentials (.env.example lists those that your accounts need).'
      : 'Running on your accounts: opt-outs are written to your Customer.io workspace.';
  const rows: Row[] = [
    ['webhook', urls.webhook],
    ['ingest', `${urls.ingestAdmin}/metrics  /healthz  /readyz`],
    ['worker', `${urls.workerAdmin}/metrics  /healthz  /readyz`],
    ...(urls.console ? [['console', urls.console.pages] as const] : noConsole(plan)),
    ['Customer.io', customerIo(urls)],
    ...monitoring(urls),
    ['processes', parts.map(({ name, pid }) => `${name} ${pid ?? '(container)'}`).join(', ')],
    ['logs', 'data/logs/'],
    ['dead letters', deadLetterCommand(plan)],
    ...(plan.mode === 'demo' ? [['send as Twilio', 'npx optout-sync simulate --help'] as const] : []),
  ];
  const more = plan.mode === 'demo' ? demoHints(plan, urls, parts) : twilioUrls(plan);
  const first =
    page === undefined
      ? []
      : ['', `Open ${page} in a browser: text STOP as a phone, and see the profile turn.`];
  return [...first, '', what, ...rows.map(formatRow), ...more, '', 'Ctrl-C stops everything.'].join('\n');
}

function noConsole({ mode }: Plan): Row[] {
  return mode === 'real' ? [['console', 'off; CONSOLE_AUTH turns it on (docs/console.md)']] : [];
}

function customerIo({ sandbox }: SystemUrls): string {
  if (sandbox === undefined) return 'your workspace';
  return `${sandbox} (sandbox; docs/simulator.md shows how to change its people)`;
}

const OLDEST_OPT_OUT = '/graph?g0.expr=optout_oldest_unapplied_seconds&g0.tab=0&g0.range_input=15m';

function monitoring({ prometheusPages }: SystemUrls): Row[] {
  if (prometheusPages === undefined) return [];
  return [
    ['alerts', `${prometheusPages}/alerts`],
    ['oldest opt-out', `${prometheusPages}${OLDEST_OPT_OUT}`],
  ];
}

function formatRow([name, value]: Row): string {
  return `  ${name.padEnd(18)}${value}`;
}

function demoHints(
  plan: Plan & { mode: 'demo' },
  urls: SystemUrls,
  parts: ReturnType<LocalSystem['parts']>,
): string[] {
  const redis = parts.find(({ name, pid }) => name === 'redis' && pid !== undefined)?.pid;
  const outage = [
    '',
    'Redis dies, ingest spools what arrives, and it is applied when Redis is back:',
    `kill -9 ${redis}; npx optout-sync simulate message --body STOP`,
  ];
  const brokenCustomerIo = [
    '',
    'Customer.io breaks until Ctrl-C, and after a STOP from another terminal alerts fire within three minutes (docs/monitoring.md):',
    'npx optout-sync simulate outage customerio --for 10m',
    'npx optout-sync simulate message --body STOP',
  ];
  return [
    '',
    'One more STOP:',
    curlCommand(plan.account, urls.webhook),
    '',
    'A person is new or changed the number (docs/people-webhook.md):',
    peopleCurlCommand(plan.peopleToken, new URL(WEBHOOK_PATHS.people, urls.webhook).href),
    '',
    'A link with which Ada opts out without a text (docs/intake.md):',
    demoLink(plan.account, DEMO_PHONES.single, urls.webhook),
    ...(redis === undefined ? [] : outage),
    ...(urls.prometheusPages === undefined ? [] : brokenCustomerIo),
  ];
}

/** The URLs to enter at Twilio and Customer.io. A password in `PUBLIC_URL` is not printed. */
export function twilioUrls({ config }: Pick<Plan, 'config'>): string[] {
  const { publicUrl } = config;
  const base = publicUrl?.replace(/(\/\/[^/?#:@]*):[^/?#]*@/, '$1:<password>@') ?? 'https://<your host>';
  const rows: Row[] = [
    ['inbound messages', `${base}${WEBHOOK_PATHS.messages}#${RETRY_OVERRIDES} (POST)`],
    ['status callback', `${base}${WEBHOOK_PATHS.status}`],
    ['Event Streams', `${base}${WEBHOOK_PATHS.events}`],
    ['Studio', `${base}${WEBHOOK_PATHS.studio}`],
    ['people', `${base}${WEBHOOK_PATHS.people} (Customer.io workflow)`],
  ];
  const title =
    publicUrl === undefined
      ? 'URLs for Twilio (PUBLIC_URL is not set: put the host there that Twilio reaches you by):'
      : 'URLs for Twilio, from PUBLIC_URL:';
  return ['', title, ...rows.map(formatRow)];
}

/** Without REDIS_URL the command finds the Redis of the running system, and its prefix, itself. */
function deadLetterCommand({ mode, config }: Plan): string {
  const hasOwnPrefix = mode === 'demo' && config.redisUrl !== undefined;
  return `${hasOwnPrefix ? `QUEUE_PREFIX=${config.prefix} ` : ''}npx optout-sync dlq list`;
}
