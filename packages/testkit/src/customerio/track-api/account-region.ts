import type { Answer } from '../http/answers';
import type { Call } from '../http/call';

/** `GET /api/v1/accounts/region`: answered by either host, with the region the workspace is in. */
export function accountRegion({ workspace, regionUrl }: Call): Answer {
  return {
    status: 200,
    body: { url: new URL(regionUrl).host, region: workspace.region, environment_id: workspace.number + 1 },
  };
}
