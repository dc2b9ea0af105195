import { controlHandler } from './control/control-handler';
import { CONTROL_PATH } from './control/verbs';
import { FaultList } from './faults/fault-list';
import { exchange, type Exchanges } from './http/exchange';
import { listen, type Listener } from './http/listener';
import { settingsFrom, type Region, type SandboxOptions } from './options';
import { RateMeter } from './rate-meter';
import { RequestLog } from './request-log';
import type { CustomerIoSandbox } from './sandbox';
import { SandboxWorkspace } from './workspace';

/** @throws when the port is taken or two workspaces have the same name */
export async function startCustomerIoSandbox(options: SandboxOptions = {}): Promise<CustomerIoSandbox> {
  const settings = settingsFrom(options);
  const workspaces = (options.workspaces ?? [{ name: 'default' }]).map(
    (workspace, number) => new SandboxWorkspace(workspace, number, settings),
  );
  const [first] = workspaces;
  if (first === undefined) throw new Error('a sandbox needs a workspace');
  const named = new Map(workspaces.map((workspace) => [workspace.name, workspace]));
  if (named.size < workspaces.length) throw new Error('two workspaces have the same name');

  const faults = new FaultList();
  const log = new RequestLog(settings.maxLoggedRequests);
  let meters = { app: new RateMeter(), track: new RateMeter() };
  const urls = { us: '', eu: '' };
  const shared: Exchanges = {
    settings,
    workspaces: () => workspaces.map(({ state }) => state),
    urls,
    faults,
    log,
    meters: () => meters,
  };
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
      const workspace = named.get(name);
      if (workspace === undefined)
        throw new Error(`no workspace ${name}; there is ${[...named.keys()].join(', ')}`);
      return workspace;
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

  const control = controlHandler(sandbox);
  const listenFor = async (region: Region, port: number) => {
    const listener = await listen(port, (request, response) =>
      request.url?.startsWith(CONTROL_PATH) === true
        ? control(request, response)
        : exchange(shared, region, request, response),
    );
    urls[region] = listener.url;
    listeners.push(listener);
  };
  await listenFor(first.region, options.port ?? 0);
  await listenFor(first.region === 'us' ? 'eu' : 'us', 0);
  return sandbox;
}
