import { Deferred } from './deferred';
import { OptOutStore } from './opt-out-store';
import type { Region, Settings, WorkspaceOptions } from './options';
import { PeopleStore } from './people/people-store';
import { RateLimit } from './rate-limit';
import { RateMeter } from './rate-meter';
import { SearchIndex } from './search/search-index';

/** All that one workspace holds. Shared by the API's handlers and the test's own view of it. */
export interface WorkspaceState {
  readonly name: string;
  /** From 0, in the order of the options. */
  readonly number: number;
  readonly region: Region;
  readonly siteId: string;
  readonly trackApiKey: string;
  readonly appApiKey: string;
  readonly settings: Settings;
  readonly people: PeopleStore;
  readonly index: SearchIndex;
  readonly indexing: Deferred;
  readonly optOuts: OptOutStore;
  readonly optingOut: Deferred;
  readonly limits: { app: RateLimit; track: RateLimit };
  readonly meters: { app: RateMeter; track: RateMeter };
}

/** The first workspace's people have cio ids like `a3000001`, the second's `a4000001`. */
const FIRST_CIO_ID = 0xa3000000;
const CIO_IDS_PER_WORKSPACE = 0x1000000;

export function workspaceState(
  options: WorkspaceOptions,
  number: number,
  settings: Settings,
): WorkspaceState {
  const { name, region = 'us' } = options;
  const index = new SearchIndex();
  const indexing = new Deferred(settings.indexLagMs, settings.now);
  const optOuts = new OptOutStore();
  const people = new PeopleStore({
    firstCioId: FIRST_CIO_ID + number * CIO_IDS_PER_WORKSPACE,
    phoneIsIdentifier: settings.phoneIsIdentifier,
    onChanged: (person) => {
      const copy = SearchIndex.copyOf(person);
      indexing.add(() => {
        index.put(copy);
      });
    },
    onRemoved: (cioId) => {
      optOuts.remove(cioId);
      indexing.add(() => {
        index.remove(cioId);
      });
    },
  });
  return {
    name,
    number,
    region,
    siteId: options.siteId ?? `sandbox-site-${name}`,
    trackApiKey: options.trackApiKey ?? `sandbox-track-key-${name}`,
    appApiKey: options.appApiKey ?? `sandbox-app-key-${name}`,
    settings,
    people,
    index,
    indexing,
    optOuts,
    optingOut: new Deferred(settings.optOutDelayMs, settings.now),
    limits: {
      app: new RateLimit(options.appRps ?? settings.appRps),
      track: new RateLimit(options.trackRps ?? settings.trackRps),
    },
    meters: { app: new RateMeter(), track: new RateMeter() },
  };
}
