import type { Stores } from '@optout-sync/operations';
import type { ConsoleConfig, Env, Routes } from '@optout-sync/shared/config';
import type { Logger } from '@optout-sync/shared/service';
import type { PersonIds } from './person-id/person-ids';

/** What the pages and the API work on, while the service runs. */
export interface ConsoleContext {
  readonly config: ConsoleConfig;
  /** The environment, for operations that read a part of the configuration by themselves. */
  readonly env: Env;
  readonly stores: Stores;
  readonly routes: Routes;
  /** The ids of people in URLs. */
  readonly people: PersonIds;
  readonly log: Logger;
}
