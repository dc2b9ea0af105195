import { parseArgs } from 'node:util';
import { seedDemoPeople } from './demo-people';
import type { WorkspaceOptions } from './options';
import { startCustomerIoSandbox } from './start-sandbox';
import { workspaceInfos } from './workspace-info';

const USAGE = `customerio-sandbox: a stand-in for Customer.io's App and Track APIs

  --port <n>            port of the default workspace's region (CUSTOMERIO_SANDBOX_PORT; default: any free one)
  --workspace <n>[:eu]  a workspace by name and region, repeatable; the first is the default one
  --seed                add the demo people to the default workspace
  --no-limits           no rate limits
  --app-rps <n>         App API requests a second for each workspace (10)
  --track-rps <n>       Track API requests a second for each workspace (100)
  --latency-ms <n>      added before every answer (0)
  --index-lag-ms <n>    how long a write stays invisible to search (0)
  --max-conditions <n>  most conditions in one search filter (200)
  --log-requests <n>    requests kept in the log (100000)
  --phone-is-identifier people are identified by phone as well
`;

/**
 * Runs the sandbox until SIGTERM or SIGINT. When ready it prints one line of JSON: `url`, `urls` and the workspaces
 * with their credentials. `connectSandboxControl(url)` steers it.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: process.env.CUSTOMERIO_SANDBOX_PORT ?? '0' },
      workspace: { type: 'string', multiple: true, default: ['default'] },
      seed: { type: 'boolean', default: false },
      'no-limits': { type: 'boolean', default: false },
      'app-rps': { type: 'string', default: '10' },
      'track-rps': { type: 'string', default: '100' },
      'latency-ms': { type: 'string', default: '0' },
      'index-lag-ms': { type: 'string', default: '0' },
      'max-conditions': { type: 'string', default: '200' },
      'log-requests': { type: 'string', default: '100000' },
      'phone-is-identifier': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(USAGE);
    return;
  }
  const sandbox = await startCustomerIoSandbox({
    port: count(values.port),
    workspaces: values.workspace.map(workspaceFrom),
    latencyMs: count(values['latency-ms']),
    appRps: values['no-limits'] ? 0 : count(values['app-rps']),
    trackRps: values['no-limits'] ? 0 : count(values['track-rps']),
    indexLagMs: count(values['index-lag-ms']),
    maxFilterConditions: count(values['max-conditions']),
    maxLoggedRequests: count(values['log-requests']),
    phoneIsIdentifier: values['phone-is-identifier'],
  });
  if (values.seed) seedDemoPeople(sandbox.workspace());
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void sandbox.stop());
  const workspaces = workspaceInfos(sandbox);
  process.stdout.write(`${JSON.stringify({ url: sandbox.url, urls: sandbox.urls, workspaces })}\n`);
}

function workspaceFrom(text: string): WorkspaceOptions {
  const [name = '', region = 'us'] = text.split(':');
  if (region !== 'us' && region !== 'eu') throw new Error(`region ${region} is neither us nor eu`);
  return { name, region };
}

function count(text: string): number {
  if (!/^\d+$/.test(text)) throw new Error(`${text} is not a whole number`);
  return Number(text);
}

main().catch((error: unknown) => {
  process.stderr.write(
    `customerio-sandbox: ${error instanceof Error ? error.message : String(error)} (see --help)\n`,
  );
  process.exitCode = 1;
});
