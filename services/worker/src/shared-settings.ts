import type { WorkerConfig } from '@optout-sync/shared/config';

/** What all workers have to have in common, without secrets. A list of its own names each setting, so that a new secret is not in it. */
export function sharedSettings({
  workspaces,
  reconcile,
  retentionMs,
  consents,
  sentCheck,
}: Pick<
  WorkerConfig,
  'workspaces' | 'reconcile' | 'retentionMs' | 'consents' | 'sentCheck'
>): readonly unknown[] {
  return [
    reconcile,
    // Absent where they are off, so that the digest stays the one of a release without them.
    ...(retentionMs === undefined ? [] : [retentionMs]),
    ...(consents ? [[consents.scope, consents.accounts.map(({ sid }) => sid), consents.routes]] : []),
    ...(sentCheck ? [sentCheck.periodMs] : []),
    ...workspaces.map((workspace) => {
      const { name, lookup, phoneAttribute, phoneFormats, defaultCountry, attributes } = workspace;
      const {
        sendersAttribute,
        evidenceAttributes,
        events,
        nativeOptOuts,
        appRps,
        trackRps,
        lookupBatch,
        policy,
      } = workspace;
      const { siteId, appUrl, trackUrl } = workspace.access ?? {};
      const isCampaign = workspace.campaignWebhookUrl !== undefined;
      return [
        [name, siteId, appUrl, trackUrl, lookup, phoneAttribute, phoneFormats, defaultCountry, attributes],
        [sendersAttribute, nativeOptOuts, isCampaign, appRps, trackRps, lookupBatch, policy],
        ...(evidenceAttributes ? [evidenceAttributes] : []),
        ...(events ? ['events'] : []),
      ];
    }),
  ];
}
