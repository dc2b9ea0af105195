import type { WorkerConfig } from '@optout-sync/shared/config';

/** What all workers have to have in common, without secrets. A list of its own names each setting, so that a new secret is not in it. */
export function sharedSettings({
  workspaces,
  reconcile,
  retentionMs,
}: Pick<WorkerConfig, 'workspaces' | 'reconcile' | 'retentionMs'>): readonly unknown[] {
  return [
    reconcile,
    ...(retentionMs === undefined ? [] : [retentionMs]),
    ...workspaces.map((workspace) => {
      const { name, lookup, phoneAttribute, phoneFormats, defaultCountry, attributes } = workspace;
      const { sendersAttribute, evidenceAttributes, nativeOptOuts, appRps, trackRps, lookupBatch, policy } =
        workspace;
      const { siteId, appUrl, trackUrl } = workspace.access ?? {};
      const isCampaign = workspace.campaignWebhookUrl !== undefined;
      return [
        [name, siteId, appUrl, trackUrl, lookup, phoneAttribute, phoneFormats, defaultCountry, attributes],
        [sendersAttribute, nativeOptOuts, isCampaign, appRps, trackRps, lookupBatch, policy],
        ...(evidenceAttributes ? [evidenceAttributes] : []),
      ];
    }),
  ];
}
