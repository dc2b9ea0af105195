import { parseArgs } from 'node:util';
import { seedDemoPeople } from './control/demo-people';
import { workspaceInfos } from './control/workspace-info';
import { startCustomerIoSandbox } from './start-sandbox';
import type { WorkspaceOptions } from './workspace/options';

const USAGE = `customerio-sandbox: an imitation of Customer.io's App and Track APIs

  --port <n>            port of the default workspace's region (CUSTOMERIO_SANDBOX_PORT; default: any free one)
  --host <address>      address that it listens on (127.0.0.1)
  --workspace <n>[:eu]  a workspace by name and region, repeatable; the first is the default one
  --seed                add the demo people to the default workspace
  --no-limits           no rate limits
  --app-rps <n>         App API requests per second and workspace (10)
  --track-rps <n>       Track API requests per second and workspace (100)
  --latency-ms <n>      delay before every response (0)
  --index-lag-ms <n>    how long a write stays invisible to search (0)
  --max-conditions <n>  most conditions in one search filter (200)
  --log-requests <n>    most requests in the log (100000)
  --phone-is-identifier phone identifies a person
`;

/**
 * Runs the sandbox until SIGTERM or SIGINT. When ready, it prints one line of JSON: `url`, `urls` and the workspaces with
 * their credentials. `connectSandboxControl(url)` controls it.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: process.env.CUSTOMERIO_SANDBOX_PORT ?? '0' },
      host: { type: 'string', default: '127.0.0.1' },
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
    port: parseCount(values.port),
    host: values.host,
    workspaces: values.workspace.map(parseWorkspace),
    latencyMs: parseCount(values['latency-ms']),
    appRps: values['no-limits'] ? 0 : parseCount(values['app-rps']),
    trackRps: values['no-limits'] ? 0 : parseCount(values['track-rps']),
    indexLagMs: parseCount(values['index-lag-ms']),
    maxFilterConditions: parseCount(values['max-conditions']),
    maxLoggedRequests: parseCount(values['log-requests']),
    phoneIsIdentifier: values['phone-is-identifier'],
  });
  if (values.seed) seedDemoPeople(sandbox.workspace());
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void sandbox.stop());
  const workspaces = workspaceInfos(sandbox);
  process.stdout.write(`${JSON.stringify({ url: sandbox.url, urls: sandbox.urls, workspaces })}\n`);
}

function parseWorkspace(text: string): WorkspaceOptions {
  const [name = '', region = 'us'] = text.split(':');
  if (region !== 'us' && region !== 'eu') throw new Error(`the region must be us or eu, not ${region}`);
  return { name, region };
}

function parseCount(text: string): number {
  if (!/^\d+$/.test(text)) throw new Error(`${text} is not a whole number`);
  return Number(text);
}

main().catch((error: unknown) => {
  process.stderr.write(
    `customerio-sandbox: ${error instanceof Error ? error.message : String(error)} (see --help)\n`,
  );
  process.exitCode = 1;
});
