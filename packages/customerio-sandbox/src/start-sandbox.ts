import { CONTROL_PATH } from './control/commands';
import { controlHandler } from './control/control-handler';
import type { CustomerIoSandbox } from './control/sandbox';
import { handleRequest, type SharedState } from './exchange/handle-request';
import { RequestLog } from './exchange/request-log';
import { FaultList } from './faults/fault-list';
import { listen, type Listener } from './http/listener';
import { withDefaults, type Region, type SandboxOptions, type Settings } from './workspace/options';
import { RateMeter } from './workspace/rate-meter';
import { SandboxWorkspace } from './workspace/workspace';

/**
 * Starts an in-memory imitation of Customer.io's App and Track APIs that speaks real HTTP. Each region is a server on a
 * port of its own that serves both APIs, distinguished by path.
 *
 * It imitates, as documented (https://docs.customer.io/integrations/api/app/, https://docs.customer.io/integrations/api/track/):
 *
 *   App API    `POST /v1/customers` (search with paging), `POST /v1/customers/attributes`, per-sender opt-outs
 *              (`PUT`/`GET /v1/customers/{id}/optouts`, `GET /v1/optouts`), the limit of 10 requests/s per workspace with
 *              `Retry-After`, 401 for a key of the other region.
 *   Track API  `GET /api/v1/accounts/region`, v1 `PUT /api/v1/customers/{id}`, v2 `entity` and `batch` with 207 for partial
 *              failures and the limits of 32 kB and 500 kB, `timestamp` order per attribute, the redirect to the other
 *              region.
 *   Pitfalls   An identify call for an unknown id, email or phone creates a person; updates that conflict with another
 *              person's identifier are dropped silently; a merge keeps the primary's values.
 *
 * Where the documentation is silent, the options choose: search is exact text without normalisation of phone numbers, and
 * `indexLagMs`, `maxFilterConditions`, `attributesShape` and `redirectStatus` vary the rest. Segments, campaigns, objects
 * and all other routes are not imitated and return 404.
 *
 * @throws {Error} when the port is in use, or two workspaces have the same name
 */
export async function startCustomerIoSandbox(options: SandboxOptions = {}): Promise<CustomerIoSandbox> {
  const settings = withDefaults(options);
  const { workspaces, first, byName } = createWorkspaces(options, settings);
  const faults = new FaultList();
  const log = new RequestLog(settings.maxLoggedRequests);
  let meters = { app: new RateMeter(), track: new RateMeter() };
  const urls = { us: '', eu: '' };
  const listeners: Listener[] = [];

  const sandbox: CustomerIoSandbox = {
    get url() {
      return urls[first.region];
    },
    get appUrl() {
      return urls[first.region];
    },
    get trackUrl() {
      return urls[first.region];
    },
    urls,
    workspace: (name = first.name) => {
      const workspace = byName.get(name);
      if (workspace) return workspace;
      throw new Error(`unknown workspace ${name}; known: ${[...byName.keys()].join(', ')}`);
    },
    workspaces: () => workspaces,
    requests: (filter) => log.find(filter),
    rates: () => ({ app: meters.app.read(), track: meters.track.read() }),
    fault: (fault) => faults.add(fault),
    clearFaults: () => {
      faults.clear();
    },
    reset: () => {
      for (const workspace of workspaces) workspace.reset();
      faults.clear();
      log.clear();
      meters = { app: new RateMeter(), track: new RateMeter() };
    },
    stop: async () => {
      await Promise.all(listeners.map((listener) => listener.close()));
    },
  };

  const states = () => workspaces.map(({ state }) => state);
  const shared: SharedState = { settings, workspaces: states, urls, faults, log, meters: () => meters };
  const listenIn = serve(sandbox, shared, options.host);
  for (const [region, port] of regionPorts(first.region, options.port)) {
    const listener = await listenIn(region, port);
    urls[region] = listener.url;
    listeners.push(listener);
  }
  return sandbox;
}

function createWorkspaces({ workspaces: given = [{ name: 'default' }] }: SandboxOptions, settings: Settings) {
  const workspaces = given.map((options, number) => new SandboxWorkspace(options, number, settings));
  const [first] = workspaces;
  if (first === undefined) throw new Error('a sandbox needs a workspace');
  const byName = new Map(workspaces.map((workspace) => [workspace.name, workspace]));
  if (byName.size < workspaces.length) throw new Error('two workspaces have the same name');
  return { workspaces, first, byName };
}

/** Starts a region's server, for the control API and for Customer.io's. */
function serve(sandbox: CustomerIoSandbox, shared: SharedState, host = '127.0.0.1') {
  const control = controlHandler(sandbox);
  return (region: Region, port: number): Promise<Listener> =>
    listen(port, host, (request, response) =>
      request.url?.startsWith(CONTROL_PATH) === true
        ? control(request, response)
        : handleRequest(shared, region, request, response),
    );
}

/** The region of the default workspace gets the port asked for, the other one any free port. */
const regionPorts = (first: Region, port = 0): [Region, number][] => [
  [first, port],
  [first === 'us' ? 'eu' : 'us', 0],
];
