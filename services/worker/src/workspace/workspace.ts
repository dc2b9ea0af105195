import {
  AppApi,
  checkAccess,
  createEarlyLookup,
  createEventWriter,
  createLookup,
  createPeopleReader,
  createWriter,
  type AccessCheck,
  type GuardedClient,
  type Lookup,
  type SlotClass,
  type Writer,
} from '@optout-sync/customerio';
import type { ConsentsConfig, WorkspaceConfig } from '@optout-sync/shared/config';
import { personAttributes, phoneIdentifierAttributes, type AttributeNames } from '../destinations/attributes';
import { campaignAlone, optionalCampaign } from '../destinations/campaign-webhook';
import { consentEvents } from '../destinations/consent-events';
import type { Consent } from '../destinations/destination';
import { compareByPace, comparePeople, rewriteByPhone, type Compare } from '../destinations/compare';
import { earlyDestination } from '../destinations/early-destination';
import { nativeOptOuts } from '../destinations/native-opt-outs';
import type { OptionalDestinations } from '../destinations/optional-destination';
import { peopleDestination } from '../destinations/people';
import type { SyncTarget } from '../destinations/sync-target';
import { watchUnsearchedFormats } from '../destinations/unsearched-formats';
import { openTwilio, type PromoteConsents, type TwilioEvents } from './open-twilio';
import { openApis, type ApiDependencies, type ApiEvents, type WorkspaceApis } from './apis';
import { watchCircuits, type AvailabilityEvents, type PromoteDelayed } from './availability';

export interface WorkspaceEvents extends ApiEvents, AvailabilityEvents, TwilioEvents {
  /** An opt-out reached nobody, while somebody has the number in a format that is not configured. */
  unsearchedFormat(workspace: string): void;
  /** @param phones how many one search is for */
  searched(workspace: string, phones: number): void;
}

/** One Customer.io workspace that opt-outs are written to. */
export interface Workspace extends SyncTarget {
  readonly name: string;
  /** Whether Customer.io rejects its keys or region, so that its jobs wait. */
  isPaused(): boolean;
  checkAccess(): Promise<AccessCheck>;
  /** Sends a harmless request to each of its APIs: the circuit of one that rejects it is blocked. Never rejects. */
  probe(): Promise<void>;
  close(): void;
}

export function openWorkspace(
  config: WorkspaceConfig,
  deps: ApiDependencies & {
    readonly telemetry: WorkspaceEvents;
    readonly promoteDelayed: PromoteDelayed;
    /** What is written to Twilio for all workspaces. */
    readonly consents: ConsentsConfig | undefined;
    readonly promoteConsents: PromoteConsents;
  },
): Workspace {
  const availability = watchCircuits(config.name, deps);
  const apis = openApis(config, deps, availability);
  const written = destinationsOf(config, apis, {
    onUnsearchedFormat() {
      deps.telemetry.unsearchedFormat(config.name);
    },
    onSearch(phones) {
      deps.telemetry.searched(config.name, phones);
    },
  });
  const twilio = deps.consents && openTwilio(config.name, deps.consents, deps);
  return {
    name: config.name,
    ...written,
    optional: { ...written.optional, ...(twilio && { twilio_consents: twilio.destination }) },
    policy: config.policy,
    defaultCountry: config.defaultCountry,
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
    async probe() {
      await Promise.allSettled([apis.track, apis.app].map(async (api) => api?.guarded.sendHarmless()));
    },
    close() {
      for (const api of [apis.track, apis.app, apis.campaign, twilio]) api?.close();
    },
  };
}

/** Comparisons get what live traffic leaves unused, and at most a quarter of the rate. */
const RECONCILE_SLOT: SlotClass = { lane: 'background', share: 0.25 };
/** Those of a pass that an operator waits for get all that live traffic leaves unused. */
const REQUESTED_SLOT: SlotClass = { lane: 'background' };
/** Events come after every attribute. */
const EVENT_SLOT: SlotClass = { lane: 'background' };
/** Comparisons that somebody waits for: after live traffic, before those of the background. */
const PROMPT_SLOT: SlotClass = { lane: 'prompt' };

interface LookupEvents {
  readonly onUnsearchedFormat: () => void;
  readonly onSearch: (phones: number) => void;
}

type Destinations = Pick<SyncTarget, 'main' | 'early' | 'optional' | 'compare'>;

function destinationsOf(
  config: WorkspaceConfig,
  { track, app, campaign }: WorkspaceApis,
  events: LookupEvents,
): Destinations {
  const written = track && apiDestinations(config, track.guarded, app?.guarded, events);
  if (!campaign) {
    if (written) return written;
    throw new Error(`workspace ${config.name} has neither the keys of its APIs nor a campaign`);
  }
  if (!written) return { main: campaignAlone(campaign.guarded), optional: {} };
  return { ...written, optional: { ...written.optional, campaign: optionalCampaign(campaign.guarded) } };
}

/** What is written through the Track and App API. Without an App API client nobody is looked up. */
function apiDestinations(
  config: WorkspaceConfig,
  track: GuardedClient,
  app: GuardedClient | undefined,
  { onUnsearchedFormat, onSearch }: LookupEvents,
): Destinations | undefined {
  const names = attributeNames(config);
  const maxItems = config.evidenceAttributes && MAX_ITEMS_WITH_EVIDENCE;
  const writerOf = (slot?: SlotClass): Writer => createWriter(track, { slot, maxItems });
  const write = writerOf();
  const api = app && new AppApi(app);
  const native = (findPeople?: Lookup): OptionalDestinations =>
    api && config.nativeOptOuts ? { native: nativeOptOuts(api, findPeople) } : {};
  if (config.lookup === 'phone_identifier') {
    const byPhone = phoneIdentifierAttributes(write, names);
    const findPeople =
      app && api && createLookup(app, api, { ...config, onSearch, slot: { lane: 'background' } });
    const rewriteAt = (slot: SlotClass): Compare =>
      rewriteByPhone(phoneIdentifierAttributes(writerOf(slot), names));
    return { main: byPhone, optional: native(findPeople), compare: atEachPace(rewriteAt) };
  }
  if (!app || !api) return undefined;
  const searchOtherFormats = watchUnsearchedFormats(
    config,
    (settings) => createLookup(app, api, { ...config, ...settings, slot: RECONCILE_SLOT }),
    onUnsearchedFormat,
  );
  const compareAt = (slot: SlotClass): Compare =>
    comparePeople({
      findPeople: createLookup(app, api, { ...config, onSearch, slot }),
      readPeople: createPeopleReader(app, api, namesToRead(config), { slot }),
      phoneAttribute: config.phoneAttribute,
      phoneSettings: config,
      names,
      writers: [personAttributes(writerOf(slot), names)],
    });
  const writers = [personAttributes(write, names)];
  const onNobody = ({ subject }: Consent): void => {
    searchOtherFormats(subject.phone);
  };
  return {
    main: peopleDestination(createLookup(app, api, { ...config, onSearch }), writers, onNobody),
    ...(maySyncEarly(config) && {
      early: earlyDestination({
        write,
        optedOut: config.attributes,
        writers,
        onNobody,
        lookupOf: (onFound) => createEarlyLookup(app, api, { ...config, onSearch }, onFound),
      }),
    }),
    optional: {
      ...native(),
      ...(config.events && { events: consentEvents(createEventWriter(track, { slot: EVENT_SLOT })) }),
    },
    compare: atEachPace(compareAt),
  };
}

/** Keeps a batch below Customer.io's 500 kB with four more names of 150 bytes and their values. */
const MAX_ITEMS_WITH_EVIDENCE = 150;

/** In requests a second. Customer.io's own limit is 10; where more are allowed, nothing waits for a request. */
const EARLY_BELOW_RPS = 100;

/** Whether opt-outs may be written before it is known who has which number: each is found by its country code too. */
function maySyncEarly({ phoneFormats, appRps }: WorkspaceConfig): boolean {
  return !phoneFormats.includes('national') && appRps < EARLY_BELOW_RPS;
}

/** @param compareAt creates a comparison whose requests are of a class of the rate limit */
function atEachPace(compareAt: (slot: SlotClass) => Compare): Compare {
  return compareByPace({
    quarter: compareAt(RECONCILE_SLOT),
    full: compareAt(REQUESTED_SLOT),
    prompt: compareAt(PROMPT_SLOT),
  });
}

function attributeNames(config: WorkspaceConfig): AttributeNames {
  const { attributes, sendersAttribute, evidenceAttributes, policy } = config;
  return {
    optedOut: attributes,
    senders: sendersAttribute,
    evidence: evidenceAttributes && { names: evidenceAttributes, policy },
  };
}

function namesToRead({ phoneAttribute, attributes }: WorkspaceConfig): string[] {
  return [...new Set([phoneAttribute, ...Object.values(attributes)])];
}
