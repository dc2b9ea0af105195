import type { Cluster, Redis } from 'ioredis';
import {
  ApiCircuit,
  CustomerIoClient,
  GuardedClient,
  RateLimiter,
  harmlessSearch,
  isOptionalOperation,
  regionRequest,
  type Api,
  type ApiRequest,
  type CircuitTimes,
  type RequestEvents,
  type SlotClass,
} from '@optout-sync/customerio';
import type { CustomerIoAccess, WorkspaceConfig } from '@optout-sync/shared/config';
import type { Availability } from './availability';

export interface ApiEvents {
  requested(workspace: string, ...request: Parameters<RequestEvents>): void;
  /** @param rps requests a second of all workers together */
  budgetOpened(workspace: string, api: Api, rps: number): void;
  slotGranted(workspace: string, api: Api, lane: SlotClass['lane'], seconds: number): void;
  heldBack(workspace: string, api: Api, seconds: number): void;
}

/** What the APIs of all workspaces need. */
export interface ApiDependencies {
  /** Holds what all workers share: the rate limits and the turns to probe. */
  readonly redis: Redis | Cluster;
  readonly prefix: string;
  readonly telemetry: ApiEvents;
  /** Ends the waiting for a request's turn. */
  readonly stopping: AbortSignal;
  readonly circuitTimes?: Partial<CircuitTimes> | undefined;
}

interface OpenApi {
  /** Sends at once, without rate limit and circuit. */
  readonly http: CustomerIoClient;
  /** Sends within the rate limit and through the circuit. */
  readonly guarded: GuardedClient;
  close(): void;
}

/** The APIs that the configuration of a workspace gives access to. */
export type WorkspaceApis = Readonly<Record<Api, OpenApi | undefined>>;

export function openApis(
  config: WorkspaceConfig,
  deps: ApiDependencies,
  availability: Availability,
): WorkspaceApis {
  const { access, campaignWebhookUrl } = config;
  const harmlessRequests = {
    app: harmlessSearch(config.phoneAttribute),
    track: regionRequest,
    // A campaign has only one request, which is repeated to people.
    campaign: undefined,
  };
  const open = (api: Api, baseUrl: string, rps: number, authorization?: string): OpenApi =>
    openApi(
      { workspace: config.name, api, baseUrl, rps, authorization, harmless: harmlessRequests[api] },
      deps,
      availability,
    );
  return {
    track: access && open('track', access.trackUrl, config.trackRps, basicAuth(access)),
    app:
      access?.appApiKey === undefined
        ? undefined
        : open('app', access.appUrl, config.appRps, `Bearer ${access.appApiKey}`),
    campaign:
      campaignWebhookUrl === undefined ? undefined : open('campaign', campaignWebhookUrl, config.trackRps),
  };
}

function openApi(
  options: {
    readonly workspace: string;
    readonly api: Api;
    readonly baseUrl: string;
    /** Requests a second, over all workers. */
    readonly rps: number;
    readonly authorization: string | undefined;
    /** Decides whether a request that fails or is rejected is at fault itself. */
    readonly harmless: ApiRequest | undefined;
  },
  { redis, prefix, telemetry, stopping, circuitTimes }: ApiDependencies,
  availability: Availability,
): OpenApi {
  const { workspace, api, baseUrl, rps, authorization, harmless } = options;
  const http = new CustomerIoClient({ baseUrl, authorization }, (...args) => {
    telemetry.requested(workspace, api, ...args);
  });
  telemetry.budgetOpened(workspace, api, rps);
  const limiter = new RateLimiter(redis, `${prefix}:budget:${workspace}:${api}`, rps, stopping, {
    slotGranted(lane, seconds) {
      telemetry.slotGranted(workspace, api, lane, seconds);
    },
    heldBack(seconds) {
      telemetry.heldBack(workspace, api, seconds);
    },
  });
  const key = `${prefix}:probe:${workspace}:${api}`;
  const circuit = new ApiCircuit({
    redis,
    key,
    limiter,
    telemetry: availability.telemetryOf(api),
    sendHarmless: harmless && ((slot) => http.send(harmless, slot && (() => slot.renew()))),
    stopping,
    times: circuitTimes,
  });
  const circuitOf = (operation: string): ApiCircuit =>
    new ApiCircuit({
      redis,
      key: `${key}:${operation}`,
      scope: 'operation',
      isOptional: isOptionalOperation(operation),
      telemetry: availability.telemetryOfOperation(api, operation),
      stopping,
      times: circuitTimes,
    });
  const guarded = new GuardedClient(http, limiter, circuit, harmless && { circuitOf, harmless });
  return {
    http,
    guarded,
    close() {
      guarded.close();
      http.close();
    },
  };
}

function basicAuth({ siteId, trackApiKey }: CustomerIoAccess): string {
  return `Basic ${Buffer.from(`${siteId}:${trackApiKey}`).toString('base64')}`;
}
