import type { Stores } from '@optout-sync/operations';
import type { Env, Routes } from '@optout-sync/shared/config';
import type { ConsentPolicy } from '@optout-sync/shared/domain';
import type { Logger } from '@optout-sync/shared/service';
import type { PersonIds } from '../../person-id/person-ids';

type Cursors = Pick<PersonIds, 'sealCursor' | 'openCursor'>;

/** What the API is made of. */
export interface ApiOptions {
  readonly stores: Stores;
  readonly routes: Routes;
  readonly env: Env;
  /** Seals cursors that name a phone. */
  readonly people: Cursors;
  readonly log: Pick<Logger, 'info'>;
  readonly telemetry: {
    /** A request failed by a fault that is not the caller's. */
    failed(code: string, error: unknown): void;
  };
  /** How many requests a token may make in a second; some count as several. */
  readonly requestsPerSecond: number;
}

/** What its routes work on. */
export interface ApiContext {
  readonly stores: Stores;
  readonly routes: Routes;
  /** The consent policy by workspace. */
  readonly policies: ReadonlyMap<string, ConsentPolicy>;
  readonly proofKey: string | undefined;
  readonly people: Cursors;
}
