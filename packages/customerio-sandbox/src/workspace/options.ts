export type Api = 'app' | 'track';

/** The region of a workspace. Its keys are unknown to the App API of the other region. */
export type Region = 'us' | 'eu';

export interface SandboxOptions {
  /** Port of the default workspace's region; the other region gets a free one. Default 0: any free port. */
  port?: number;
  /** Address that it listens on. Default 127.0.0.1. */
  host?: string;
  /** The first is the default workspace. Default: one, named `default`, in the US. */
  workspaces?: WorkspaceOptions[];
  /** Delay before every response, in ms. Default 0. */
  latencyMs?: number;
  /** App API requests per second and workspace. Default 10, as documented; 0 for no limit. */
  appRps?: number;
  /** Track API requests per second and workspace. Default 100; 0 for no limit. */
  trackRps?: number;
  /** How long a write stays invisible to search, in ms. Default 0. */
  indexLagMs?: number;
  /** Whether `phone` identifies a person: numbers are unique then, and Track v2 writes by phone. Default false. */
  phoneIsIdentifier?: boolean;
  /** Most conditions in one search filter; a filter with more is rejected with 400. Default 200. */
  maxFilterConditions?: number;
  /** Shape of the attributes response: `flat`, as the live API is reported to respond, or `nested`, as documented. */
  attributesShape?: 'flat' | 'nested';
  /** Whether the attributes response says when each attribute was set. Default true. */
  attributeTimestamps?: boolean;
  /** Time from the 204 for a per-sender opt-out until it is applied, in ms. Default 20. */
  optOutDelayMs?: number;
  /** Status of the Track API's redirect to the right region. Default 301. */
  redirectStatus?: 301 | 302 | 307 | 308;
  /** Most requests in the log; the oldest are dropped. Default 100,000. */
  maxLoggedRequests?: number;
  /** Clock, in ms since 1970. While it does not advance, the rate limits do not recover either. */
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

export type Settings = Required<Omit<SandboxOptions, 'port' | 'host' | 'workspaces'>>;

/** A wall clock that never jumps: rate limits and index lag must not depend on clock corrections. */
const steadyNow = (): number => performance.timeOrigin + performance.now();

const DEFAULTS: Settings = {
  latencyMs: 0,
  appRps: 10,
  trackRps: 100,
  indexLagMs: 0,
  phoneIsIdentifier: false,
  maxFilterConditions: 200,
  attributesShape: 'flat',
  attributeTimestamps: true,
  optOutDelayMs: 20,
  redirectStatus: 301,
  maxLoggedRequests: 100_000,
  now: steadyNow,
};

/** The options with the defaults of those that are missing or undefined. */
export function withDefaults(options: SandboxOptions): Settings {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  return { ...DEFAULTS, ...(Object.fromEntries(given) as SandboxOptions) };
}
