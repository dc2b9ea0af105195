import { workspaceConfigOf } from '@optout-sync/operations';
import type { Env } from '@optout-sync/shared/config';

/** Customer.io's own pages, by the host of its App API. Another host is a proxy or a sandbox, which has none. */
const PAGES: Readonly<Record<string, string>> = {
  'api.customer.io': 'https://fly.customer.io',
  'api-eu.customer.io': 'https://fly-eu.customer.io',
};

/**
 * Returns the address of people's pages in Customer.io, to which a cio_id is added; `undefined` where there are none. No key of ours
 * says which number a workspace has there: `last` is the one that the reader looked at last, as in the links of Customer.io's own
 * documentation (docs.customer.io, `fly.customer.io/workspaces/last/settings`).
 */
export function profilePagesOf(env: Env, workspace: string): string | undefined {
  const host = appHostOf(env, workspace);
  const pages = host === undefined ? undefined : PAGES[host];
  return pages && `${pages}/workspaces/last/journeys/people/`;
}

/** A workspace that is no longer configured has no links; its people are shown all the same. */
function appHostOf(env: Env, workspace: string): string | undefined {
  try {
    const { access } = workspaceConfigOf(env, workspace);
    return access && new URL(access.appUrl).hostname;
  } catch {
    return undefined;
  }
}
