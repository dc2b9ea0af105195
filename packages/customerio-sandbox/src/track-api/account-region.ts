import type { ApiRequest } from '../api/request';
import type { ApiResponse } from '../api/response';

/** `GET /api/v1/accounts/region`: served in both regions, with the region the workspace is in. */
export function accountRegion({ workspace, regionUrl }: ApiRequest): ApiResponse {
  return {
    status: 200,
    body: { url: new URL(regionUrl).host, region: workspace.region, environment_id: workspace.number + 1 },
  };
}
