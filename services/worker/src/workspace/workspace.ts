import {
  AppApi,
  checkAccess,
  createLookup,
  createWriter,
  type AccessCheck,
  type GuardedClient,
} from '@optout-sync/customerio';
import type { WorkspaceConfig } from '@optout-sync/shared/config';
import { personAttributes, phoneIdentifierAttributes, type AttributeNames } from '../destinations/attributes';
import { campaignWebhook } from '../destinations/campaign-webhook';
import type { Destination, SyncTarget } from '../destinations/destination';
import { nativeOptOuts } from '../destinations/native-opt-outs';
import { peopleDestination, type PersonWriter } from '../destinations/people';
import { openApis, type ApiDependencies, type ApiEvents, type WorkspaceApis } from './apis';
import { watchCircuits, type AvailabilityEvents } from './availability';

export interface WorkspaceEvents extends ApiEvents, AvailabilityEvents {}

/** One Customer.io workspace that opt-outs are written to. */
export interface Workspace extends SyncTarget {
  readonly name: string;
  /** Whether Customer.io rejects its keys or region, so that its jobs wait. */
  isPaused(): boolean;
  checkAccess(): Promise<AccessCheck>;
  close(): void;
}

export function openWorkspace(
  config: WorkspaceConfig,
  deps: ApiDependencies & {
    readonly telemetry: WorkspaceEvents;
    /** Promotes delayed jobs of the workspace, at most `atMost`. */
    readonly promoteDelayed: (atMost?: number) => void;
  },
): Workspace {
  const availability = watchCircuits(config.name, deps);
  const apis = openApis(config, deps, availability);
  return {
    name: config.name,
    destinations: destinationsOf(config, apis),
    policy: config.policy,
    isPaused: () => availability.isPaused(),
    async checkAccess() {
      if (!config.access || !apis.track) return { errors: [], unchecked: [] };
      return checkAccess({
        app: apis.app?.http,
        track: apis.track.http,
        workspace: config,
        region: config.access.region,
      });
    },
    close() {
      for (const api of [apis.track, apis.app, apis.campaign]) api?.close();
    },
  };
}

function destinationsOf(config: WorkspaceConfig, { track, app, campaign }: WorkspaceApis): Destination[] {
  return [
    ...(track ? apiDestinations(config, track.guarded, app?.guarded) : []),
    ...(campaign ? [campaignWebhook(campaign.guarded)] : []),
  ];
}

/** What is written through the Track and App API. Without an App API client nobody is looked up. */
function apiDestinations(
  config: WorkspaceConfig,
  track: GuardedClient,
  app: GuardedClient | undefined,
): Destination[] {
  const names: AttributeNames = { optedOut: config.attributes, senders: config.sendersAttribute };
  const write = createWriter(track);
  const byPhone = config.lookup === 'phone_identifier';
  const destinations: Destination[] = byPhone ? [phoneIdentifierAttributes(write, names)] : [];
  if (!app) return destinations;
  const api = new AppApi(app);
  const writers: PersonWriter[] = [
    ...(byPhone ? [] : [personAttributes(write, names)]),
    ...(config.nativeOptOuts ? [nativeOptOuts(api)] : []),
  ];
  if (writers.length > 0) destinations.push(peopleDestination(createLookup(app, api, config), writers));
  return destinations;
}
