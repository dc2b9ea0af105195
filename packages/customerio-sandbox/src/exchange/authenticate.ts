import { Buffer } from 'node:buffer';
import type { Api, Region } from '../workspace/options';
import type { WorkspaceState } from '../workspace/workspace-state';

/**
 * The workspace of a request's credentials, undefined for unknown ones: `Bearer <app key>` for the App API,
 * `Basic site_id:api_key` for Track. The App API knows the keys of its own region only; Track knows those of both, in
 * order to redirect.
 */
export function authenticate(
  workspaces: Iterable<WorkspaceState>,
  api: Api,
  region: Region,
  authorization: string | undefined,
): WorkspaceState | undefined {
  const [scheme = '', credentials = ''] = authorization?.split(' ') ?? [];
  for (const workspace of workspaces) {
    if (api === 'app') {
      if (scheme.toLowerCase() !== 'bearer' || workspace.region !== region) continue;
      if (workspace.appApiKey === credentials) return workspace;
    } else if (scheme.toLowerCase() === 'basic') {
      const expected = `${workspace.siteId}:${workspace.trackApiKey}`;
      if (Buffer.from(credentials, 'base64').toString() === expected) return workspace;
    }
  }
  return undefined;
}
