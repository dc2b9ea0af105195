import type { Region } from '../workspace/options';
import type { CustomerIoSandbox } from './sandbox';

/** What a client of a workspace needs. */
export interface WorkspaceInfo {
  name: string;
  region: Region;
  /** Base URL of its region, for both APIs. */
  url: string;
  siteId: string;
  trackApiKey: string;
  appApiKey: string;
}

export function workspaceInfos(sandbox: CustomerIoSandbox): WorkspaceInfo[] {
  return sandbox.workspaces().map(({ name, region, siteId, trackApiKey, appApiKey }) => {
    return { name, region, url: sandbox.urls[region], siteId, trackApiKey, appApiKey };
  });
}
