import type { RateMeter } from '../rate-meter';
import type { WorkspaceState } from '../workspace-state';
import { appError, trackError, type Answer } from './answers';
import type { Route } from './routes';

export interface Attempt {
  route: Route;
  /** Undefined when the credentials are nobody's. */
  workspace: WorkspaceState | undefined;
  /** The same request at the workspace's own region, when this is the wrong one. */
  redirectTo: string | undefined;
  /** Told of what the limit refuses. */
  meters: RateMeter[];
}

/** The workspace to act on, or the answer to what is refused: credentials, route, region, over the limit. */
export function admit({
  route,
  workspace,
  redirectTo,
  meters,
}: Attempt): { admitted: WorkspaceState } | { refused: Answer } {
  const error = route.api === 'app' ? appError : trackError;
  if (workspace === undefined) return { refused: error(401, 'unauthorized') };
  if (route.operation === 'unknown') return { refused: error(404, 'not found') };
  if (redirectTo !== undefined && route.operation !== 'region') {
    return { refused: { status: workspace.settings.redirectStatus, headers: { location: redirectTo } } };
  }
  const waitMs = workspace.limits[route.api].take(workspace.settings.now());
  if (waitMs === 0) return { admitted: workspace };
  for (const meter of meters) meter.refused();
  const headers = { 'retry-after': String(Math.ceil(waitMs / 1000)) };
  return { refused: error(429, 'too many requests', headers) };
}
