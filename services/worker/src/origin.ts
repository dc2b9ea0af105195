import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Origin } from '@optout-sync/shared/ledger';
import type { WorkerConfig } from '@optout-sync/shared/config';

/** This worker's release, and a digest of what its configuration writes to Customer.io. Keys and rates are no part of it. */
export function originOf({ workspaces }: Pick<WorkerConfig, 'workspaces'>): Origin {
  const written = workspaces.map((workspace) => ({
    name: workspace.name,
    lookup: workspace.lookup,
    phoneAttribute: workspace.phoneAttribute,
    phoneFormats: workspace.phoneFormats,
    defaultCountry: workspace.defaultCountry,
    attributes: workspace.attributes,
    sendersAttribute: workspace.sendersAttribute,
    evidenceAttributes: workspace.evidenceAttributes,
    nativeOptOuts: workspace.nativeOptOuts,
    events: workspace.events,
    hasCampaign: workspace.campaignWebhookUrl !== undefined,
    policy: workspace.policy,
  }));
  const config = createHash('sha256').update(JSON.stringify(written)).digest('hex').slice(0, 8);
  return { build: `worker ${releaseOf()}`, config };
}

/** The version in the package.json of this workspace, one folder above the compiled and the uncompiled module alike. */
function releaseOf(): string {
  const { version } = JSON.parse(readFileSync(join(__dirname, '../package.json'), 'utf8')) as {
    readonly version: string;
  };
  return version;
}
