import type { Cluster, Redis } from 'ioredis';
import {
  AppApi,
  RateLimiter,
  GuardedClient,
  ApiCircuit,
  CustomerIoClient,
  checkAccess,
  createLookup,
  createWriter,
  type AccessCheck,
  type Api,
  type RequestEvents,
  type CircuitTimes,
} from '@optout-sync/customerio';
import type { CustomerIoAccess, WorkspaceConfig } from '@optout-sync/shared/config';
import { personAttributes, phoneIdentifierAttributes, type AttributeNames } from '../destinations/attributes';
import { campaignWebhook } from '../destinations/campaign-webhook';
import type { Destination } from '../destinations/destination';
import { nativeOptOuts } from '../destinations/native-opt-outs';
import { peopleDestination, type PersonWriter } from '../destinations/people';
import type { SyncTarget } from '../jobs/sync-job';
import { watchCircuits, type WorkspaceEvents } from './availability';

/** One Customer.io workspace, as far as opt-outs need it. */
export interface OpenWorkspace extends SyncTarget {
  readonly name: string;
  /** Whether its keys or its region are refused, so that its jobs wait. */
  isPaused(): boolean;
  checkAccess(): Promise<AccessCheck>;
  close(): void;
}

/**
 * Opens a workspace. `redis` holds what all workers share, the budgets and the turns to probe; `stopping` ends the waiting
 * for both. `wake` is to bring jobs back from their delays, at most so many.
 */
export function openWorkspace(
  workspace: WorkspaceConfig,
  deps: {
    readonly redis: Redis | Cluster;
    readonly prefix: string;
    readonly observe: RequestEvents;
    readonly events: WorkspaceEvents;
    readonly wake: (atMost?: number) => void;
    readonly stopping: AbortSignal;
    readonly gateTimes?: Partial<CircuitTimes> | undefined;
  },
): OpenWorkspace {
  const { redis, prefix, observe, stopping, gateTimes } = deps;
  const gates = watchCircuits(workspace.name, deps);
  const clients: CustomerIoClient[] = [];
  const open = (api: Api, baseUrl: string, authorization?: string): CustomerIoClient => {
    const client = new CustomerIoClient({ baseUrl, authorization }, (...args) => {
      observe(api, ...args);
    });
    clients.push(client);
    return client;
  };
  const budgeted = (api: Api, client: CustomerIoClient, rps: number): GuardedClient => {
    const limiter = new RateLimiter(redis, `${prefix}:budget:${workspace.name}:${api}`, rps, stopping);
    const key = `${prefix}:probe:${workspace.name}:${api}`;
    const gate = new ApiCircuit({
      redis,
      key,
      limiter,
      events: gates.eventsOf(api),
      stopping,
      times: gateTimes,
    });
    gates.add(gate);
    return new GuardedClient(client, limiter, gate);
  };

  const { access, campaignWebhookUrl } = workspace;
  const destinations: Destination[] = [];
  let check = (): Promise<AccessCheck> => Promise.resolve({ errors: [], unchecked: [] });
  if (access) {
    const track = open('track', access.trackUrl, basic(access));
    const app =
      access.appApiKey === undefined ? undefined : open('app', access.appUrl, `Bearer ${access.appApiKey}`);
    destinations.push(
      ...apiDestinations(
        workspace,
        budgeted('track', track, workspace.trackRps),
        app && budgeted('app', app, workspace.appRps),
      ),
    );
    check = () => checkAccess({ app, track, workspace, region: access.region });
  }
  if (campaignWebhookUrl !== undefined) {
    const campaign = open('campaign', campaignWebhookUrl);
    destinations.push(campaignWebhook(budgeted('campaign', campaign, workspace.trackRps)));
  }
  return {
    name: workspace.name,
    destinations,
    policy: workspace.policy,
    isPaused: () => gates.isPaused(),
    checkAccess: () => check(),
    close() {
      gates.close();
      for (const client of clients) client.close();
    },
  };
}

/** What is written through the two APIs. Without an App API client nobody is looked up. */
function apiDestinations(
  workspace: WorkspaceConfig,
  track: GuardedClient,
  app: GuardedClient | undefined,
): Destination[] {
  const names: AttributeNames = { optedOut: workspace.attributes, senders: workspace.sendersAttribute };
  const write = createWriter(track);
  const byPhone = workspace.lookup === 'phone_identifier';
  const destinations: Destination[] = byPhone ? [phoneIdentifierAttributes(write, names)] : [];
  if (!app) return destinations;
  const api = new AppApi(app);
  const writers: PersonWriter[] = [
    ...(byPhone ? [] : [personAttributes(write, names)]),
    ...(workspace.nativeOptOuts ? [nativeOptOuts(api)] : []),
  ];
  if (writers.length > 0) destinations.push(peopleDestination(createLookup(app, api, workspace), writers));
  return destinations;
}

function basic({ siteId, trackApiKey }: CustomerIoAccess): string {
  return `Basic ${Buffer.from(`${siteId}:${trackApiKey}`).toString('base64')}`;
}
