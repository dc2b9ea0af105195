import {
  AppApi,
  checkAccess,
  createLookup,
  createPeopleReader,
  createWriter,
  type AccessCheck,
  type GuardedClient,
  type SlotClass,
} from '@optout-sync/customerio';
import type { WorkspaceConfig } from '@optout-sync/shared/config';
import { personAttributes, phoneIdentifierAttributes, type AttributeNames } from '../destinations/attributes';
import { campaignWebhook } from '../destinations/campaign-webhook';
import { compareByLane, comparePeople, rewriteByPhone, type Compare } from '../destinations/compare';
import { nativeOptOuts } from '../destinations/native-opt-outs';
import { peopleDestination } from '../destinations/people';
import type { SyncTarget } from '../destinations/sync-target';
import { watchUnsearchedFormats } from '../destinations/unsearched-formats';
import { openApis, type ApiDependencies, type ApiEvents, type WorkspaceApis } from './apis';
import { watchCircuits, type AvailabilityEvents } from './availability';

export interface WorkspaceEvents extends ApiEvents, AvailabilityEvents {
  /** An opt-out reached nobody, while somebody has the number in a format that is not configured. */
  unsearchedFormat(workspace: string): void;
}

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
    ...destinationsOf(config, apis, () => {
      deps.telemetry.unsearchedFormat(config.name);
    }),
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

/** Comparisons get what live traffic leaves unused, and at most a quarter of the rate. */
const RECONCILE_SLOT: SlotClass = { lane: 'background', share: 0.25 };
/** Comparisons that somebody waits for: after live traffic, before those of the background. */
const PROMPT_SLOT: SlotClass = { lane: 'prompt' };

type Destinations = Pick<SyncTarget, 'destinations' | 'compare'>;

function destinationsOf(
  config: WorkspaceConfig,
  { track, app, campaign }: WorkspaceApis,
  onUnsearchedFormat: () => void,
): Destinations {
  const { destinations, compare } = track
    ? apiDestinations(config, track.guarded, app?.guarded, onUnsearchedFormat)
    : { destinations: [], compare: undefined };
  return {
    destinations: [...destinations, ...(campaign ? [campaignWebhook(campaign.guarded)] : [])],
    compare,
  };
}

/** What is written through the Track and App API. Without an App API client nobody is looked up. */
function apiDestinations(
  config: WorkspaceConfig,
  track: GuardedClient,
  app: GuardedClient | undefined,
  onUnsearchedFormat: () => void,
): Destinations {
  const names: AttributeNames = { optedOut: config.attributes, senders: config.sendersAttribute };
  const write = createWriter(track);
  const api = app && new AppApi(app);
  const findPeople = app && api && createLookup(app, api, config);
  const native = api && config.nativeOptOuts ? [nativeOptOuts(api)] : [];
  if (config.lookup === 'phone_identifier') {
    const byPhone = phoneIdentifierAttributes(write, names);
    const toPeople = findPeople && native.length > 0 ? [peopleDestination(findPeople, native)] : [];
    return { destinations: [byPhone, ...toPeople], compare: rewriteByPhone(byPhone) };
  }
  if (!app || !api || !findPeople) return { destinations: [], compare: undefined };
  const writers = [personAttributes(write, names)];
  const searchOtherFormats = watchUnsearchedFormats(
    config,
    (settings) => createLookup(app, api, { ...config, ...settings, slot: RECONCILE_SLOT }),
    onUnsearchedFormat,
  );
  const compareIn = (slot: SlotClass): Compare =>
    comparePeople({
      findPeople: createLookup(app, api, { ...config, slot }),
      readPeople: createPeopleReader(app, api, namesToRead(config), { slot }),
      phoneAttribute: config.phoneAttribute,
      phoneSettings: config,
      names,
      writers: [personAttributes(createWriter(track, { slot }), names)],
      newcomerWriters: native,
    });
  return {
    destinations: [
      peopleDestination(findPeople, [...writers, ...native], ({ subject }) => {
        searchOtherFormats(subject.phone);
      }),
    ],
    compare: compareByLane(compareIn(RECONCILE_SLOT), compareIn(PROMPT_SLOT)),
  };
}

function namesToRead({ phoneAttribute, attributes }: WorkspaceConfig): string[] {
  return [...new Set([phoneAttribute, ...Object.values(attributes)])];
}
