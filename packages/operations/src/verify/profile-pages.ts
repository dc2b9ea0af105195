import { CustomerIoClient, regionRequest } from '@optout-sync/customerio';
import type { WorkspaceConfig } from '@optout-sync/shared/config';

const TIMEOUT_MS = 2_000;

/** The hosts of Customer.io's pages, by those of its App API. Another host is a proxy or a sandbox, which has no such pages. */
const PAGES: Readonly<Record<string, string>> = {
  'api.customer.io': 'https://fly.customer.io',
  'api-eu.customer.io': 'https://fly-eu.customer.io',
};

/**
 * Returns the address of the pages of people in Customer.io, to which a cio_id is added; `undefined` where there are none. One request
 * asks for the number of the workspace; without an answer it is the workspace that the reader looked at last.
 */
export async function profilePages({ access }: Pick<WorkspaceConfig, 'access'>): Promise<string | undefined> {
  if (!access) return undefined;
  const host = PAGES[new URL(access.appUrl).hostname];
  if (host === undefined) return undefined;
  const basic = Buffer.from(`${access.siteId}:${access.trackApiKey}`).toString('base64');
  const track = new CustomerIoClient(
    { baseUrl: access.trackUrl, authorization: `Basic ${basic}`, timeoutMs: TIMEOUT_MS },
    () => undefined,
  );
  try {
    const { environment_id: id } = await track.send(regionRequest);
    return pagesOf(host, id);
  } catch {
    return pagesOf(host, undefined);
  } finally {
    track.close();
  }
}

function pagesOf(host: string, workspace: number | undefined): string {
  return `${host}/workspaces/${String(workspace ?? 'last')}/journeys/people/`;
}
