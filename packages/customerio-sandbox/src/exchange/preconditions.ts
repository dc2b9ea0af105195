import { appError, trackError, type ApiResponse } from '../api/response';
import type { RateMeter } from '../workspace/rate-meter';
import type { WorkspaceState } from '../workspace/workspace-state';
import type { Route } from './routes';

/** Checks, in this order: credentials, route, region, rate limit. @returns the workspace, or the error response */
export function checkPreconditions(request: {
  route: Route;
  /** Undefined for unknown credentials. */
  workspace: WorkspaceState | undefined;
  /** URL of the same request in the workspace's region, if this is the other region. */
  redirectTo: string | undefined;
  /** Count the requests that the rate limit rejects. */
  meters: RateMeter[];
}): { workspace: WorkspaceState } | { rejection: ApiResponse } {
  const { route, workspace, redirectTo, meters } = request;
  const error = route.api === 'app' ? appError : trackError;
  if (workspace === undefined) return { rejection: error(401, 'unauthorized') };
  if (route.operation === 'unknown') return { rejection: error(404, 'not found') };
  if (redirectTo !== undefined && route.operation !== 'region') {
    return { rejection: { status: workspace.settings.redirectStatus, headers: { location: redirectTo } } };
  }
  const waitMs = workspace.limits[route.api].tryAcquire(workspace.settings.now());
  if (waitMs === 0) return { workspace };
  for (const meter of meters) meter.countRejection();
  const headers = { 'retry-after': String(Math.ceil(waitMs / 1000)) };
  return { rejection: error(429, 'too many requests', headers) };
}
