/** Where a workspace lives. A key of one region is unknown to the App API of the other. */
export type Region = 'us' | 'eu';

export interface SandboxOptions {
  /** Port of the default workspace's region; the other region takes a free one. Default 0: any free port. */
  port?: number;
  /** The first is the default workspace. Default: one, named `default`, in the US. */
  workspaces?: WorkspaceOptions[];
  /** Added before every answer, in milliseconds. Default 0. */
  latencyMs?: number;
  /** App API requests a second for each workspace. Default 10, as documented; 0 is no limit. */
  appRps?: number;
  /** Track API requests a second for each workspace. Default 100; 0 is no limit. */
  trackRps?: number;
  /** How long a write stays invisible to search, in milliseconds. Default 0. */
  indexLagMs?: number;
  /** Whether `phone` identifies a person (Track v2 then writes by phone; numbers are unique). Default false. */
  phoneIsIdentifier?: boolean;
  /** Most attribute conditions in one search filter; more are refused with 400. Default 200. */
  maxFilterConditions?: number;
  /** Shape of the attributes answer: `flat` as the live API is said to answer, `nested` as documented. */
  attributesAnswer?: 'flat' | 'nested';
  /** How long after its 204 a per-sender opt-out is applied, in milliseconds. Default 20. */
  optOutDelayMs?: number;
  /** Status of the Track API's redirect to the right region. Default 301. */
  redirectStatus?: 301 | 302 | 307 | 308;
  /** Requests kept in the log; the oldest are forgotten. Default 100,000. */
  maxLoggedRequests?: number;
  /** Time in milliseconds since the epoch. Standing still, it also keeps the rate limits from recovering. */
  now?: () => number;
}

export interface WorkspaceOptions {
  name: string;
  region?: Region;
  siteId?: string;
  trackApiKey?: string;
  appApiKey?: string;
  /** Override the sandbox's limits for this workspace. */
  appRps?: number;
  trackRps?: number;
}

export type Settings = Required<Omit<SandboxOptions, 'port' | 'workspaces'>>;

/** The wall clock, but one that never jumps: limits and index lag must not depend on clock corrections. */
const steadyNow = (): number => performance.timeOrigin + performance.now();

export function settingsFrom(options: SandboxOptions): Settings {
  return {
    latencyMs: options.latencyMs ?? 0,
    appRps: options.appRps ?? 10,
    trackRps: options.trackRps ?? 100,
    indexLagMs: options.indexLagMs ?? 0,
    phoneIsIdentifier: options.phoneIsIdentifier ?? false,
    maxFilterConditions: options.maxFilterConditions ?? 200,
    attributesAnswer: options.attributesAnswer ?? 'flat',
    optOutDelayMs: options.optOutDelayMs ?? 20,
    redirectStatus: options.redirectStatus ?? 301,
    maxLoggedRequests: options.maxLoggedRequests ?? 100_000,
    now: options.now ?? steadyNow,
  };
}
