import type { ConsoleRoute } from './http/route';
import { routes as live } from './live/routes';
import { routes as audit } from './pages/audit/routes';
import { routes as deadLetters } from './pages/dead-letters/routes';
import { routes as overview } from './pages/overview/routes';
import { routes as runs } from './pages/runs/routes';
import { routes as settings } from './pages/settings/routes';
import { routes as workspaces } from './pages/workspaces/routes';

/** Every route of the pages. A role may do what is listed here for it, and nothing else. */
export const ROUTES: readonly ConsoleRoute[] = [
  ...overview,
  ...deadLetters,
  ...runs,
  ...workspaces,
  ...audit,
  ...settings,
  ...live,
];
