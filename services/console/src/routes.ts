import type { ConsoleRoute } from './http/route';
import { routes as overview } from './pages/overview/routes';

/** Every route of the pages. A role may do what is listed here for it, and nothing else. */
export const ROUTES: readonly ConsoleRoute[] = [...overview];
