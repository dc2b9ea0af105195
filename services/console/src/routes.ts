import type { ConsoleRoute } from './http/route';
import { routes as live } from './live/routes';
import { routes as audit } from './pages/audit/routes';
import { routes as deadLetters } from './pages/dead-letters/routes';
import { routes as drift } from './pages/drift/routes';
import { routes as optOuts } from './pages/opt-outs/routes';
import { routes as overview } from './pages/overview/routes';
import { routes as person } from './pages/person/routes';
import { routes as review } from './pages/review/routes';
import { routes as runs } from './pages/runs/routes';
import { routes as search } from './pages/search/routes';
import { routes as sentAfter } from './pages/sent-after/routes';
import { routes as settings } from './pages/settings/routes';
import { routes as workspaces } from './pages/workspaces/routes';

/** Every route of the pages. A role may do what is listed here for it, and nothing else. */
export const ROUTES: readonly ConsoleRoute[] = [
  ...overview,
  ...optOuts,
  ...person,
  ...search,
  ...sentAfter,
  ...review,
  ...deadLetters,
  ...runs,
  ...drift,
  ...workspaces,
  ...audit,
  ...settings,
  ...live,
];
