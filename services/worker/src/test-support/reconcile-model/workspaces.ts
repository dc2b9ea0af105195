import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CustomerIoSandbox } from '@optout-sync/customerio-sandbox';
import type { ConsentPolicy } from '@optout-sync/shared/domain';

/** A workspace with the rate limit that Customer.io documents. It has few seeds: with more a run takes minutes. */
export const LIMITED = { name: 'one', appRps: 10 };
/** Its numbers have their country, and its rate limit is low, so that first opt-outs are written early. */
const EARLY = { name: 'two', appRps: 40 };
const OTHERS = [EARLY, ...['three', 'four'].map((name) => ({ name, appRps: 100 }))];
export const WORKSPACES = [LIMITED, ...OTHERS];

export function workspaceOf(seed: number): string {
  return (seed % 16 === 0 ? undefined : OTHERS[seed % OTHERS.length]?.name) ?? LIMITED.name;
}

/** The Twilio account whose messages belong to a workspace. */
export function accountOf(workspace: string): string {
  const n = WORKSPACES.findIndex(({ name }) => name === workspace);
  return `AC${String(n).padStart(32, '0')}`;
}

/** Whether people are also found by spellings without the country. */
export function findsNational(workspace: string): boolean {
  return workspace !== EARLY.name;
}

/**
 * Writes the configuration of all workspaces, each with its policy and its Twilio account.
 *
 * @returns the path of the file
 */
export function writeConfig(
  folder: string,
  sandbox: CustomerIoSandbox,
  policies: ReadonlyMap<string, ConsentPolicy>,
): string {
  const accounts = WORKSPACES.map(({ name: workspace }) => ({
    sid: accountOf(workspace),
    auth_tokens: ['0'.repeat(32)],
    workspace,
  }));
  const workspaces = WORKSPACES.map(({ name, appRps }) => {
    const { siteId, trackApiKey, appApiKey } = sandbox.workspace(name);
    return {
      name,
      site_id: siteId,
      track_api_key: trackApiKey,
      app_api_key: appApiKey,
      app_url: sandbox.appUrl,
      track_url: sandbox.trackUrl,
      phone_formats: findsNational(name) ? ['e164', 'digits', 'national'] : ['e164', 'digits'],
      default_country: 'US',
      app_rps: appRps,
      consent_policy: policies.get(name),
    };
  });
  const path = join(folder, 'optout.yaml');
  // JSON is YAML.
  writeFileSync(path, JSON.stringify({ twilio: { accounts }, customerio: { workspaces } }));
  return path;
}
