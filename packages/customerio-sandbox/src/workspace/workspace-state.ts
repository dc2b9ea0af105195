import { Deferred } from './deferred';
import type { Region, Settings, WorkspaceOptions } from './options';
import { EventStore } from '../people/event-store';
import { OptOutStore } from '../people/opt-out-store';
import { PeopleStore, type PersonChange } from '../people/people-store';
import type { StoredPerson } from '../people/person';
import { RateLimit } from './rate-limit';
import { RateMeter } from './rate-meter';
import { SearchIndex } from '../search/search-index';

/** The data of one workspace, shared by the API's operations and the view that tests have of it. */
export interface WorkspaceState {
  readonly name: string;
  /** Position in the options, from 0. */
  readonly number: number;
  readonly region: Region;
  readonly siteId: string;
  readonly trackApiKey: string;
  readonly appApiKey: string;
  readonly settings: Settings;
  readonly people: PeopleStore;
  /** Called for each change of a person. */
  readonly watchers: ((change: PersonChange) => void)[];
  readonly index: SearchIndex;
  readonly indexing: Deferred;
  /** People as the attributes response shows them. */
  readonly readable: Map<string, StoredPerson>;
  readonly publishing: Deferred;
  readonly optOuts: OptOutStore;
  readonly events: EventStore;
  readonly applyingOptOuts: Deferred;
  readonly limits: { app: RateLimit; track: RateLimit };
  readonly meters: { app: RateMeter; track: RateMeter };
}

/** People of the first workspace have cio_ids like `a3000001`, of the second `a4000001`. */
const FIRST_CIO_ID = 0xa3000000;
const CIO_IDS_PER_WORKSPACE = 0x1000000;

export function createWorkspaceState(
  options: WorkspaceOptions,
  number: number,
  settings: Settings,
): WorkspaceState {
  const { name, region = 'us' } = options;
  const index = new SearchIndex();
  const indexing = new Deferred(settings.indexLagMs, settings.now);
  const readable: WorkspaceState['readable'] = new Map();
  const publishing = new Deferred(0, settings.now);
  const optOuts = new OptOutStore();
  const watchers: WorkspaceState['watchers'] = [];
  const people = new PeopleStore({
    firstCioId: FIRST_CIO_ID + number * CIO_IDS_PER_WORKSPACE,
    phoneIsIdentifier: settings.phoneIsIdentifier,
    onChanged: (person) => {
      const copy = SearchIndex.copyOf(person);
      indexing.add(() => {
        index.put(copy);
      });
      const shown = { ...person };
      publishing.add(() => readable.set(shown.cioId, shown));
    },
    onRemoved: (cioId) => {
      optOuts.remove(cioId);
      indexing.add(() => {
        index.remove(cioId);
      });
      publishing.add(() => readable.delete(cioId));
    },
    onChange: (change) => {
      for (const watch of watchers) watch(change);
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
    watchers,
    index,
    indexing,
    readable,
    publishing,
    optOuts,
    events: new EventStore(),
    applyingOptOuts: new Deferred(settings.optOutDelayMs, settings.now),
    limits: {
      app: new RateLimit(options.appRps ?? settings.appRps),
      track: new RateLimit(options.trackRps ?? settings.trackRps),
    },
    meters: { app: new RateMeter(), track: new RateMeter() },
  };
}
