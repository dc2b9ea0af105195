import type { IngestConfig } from '@optout-sync/shared/config';

/** What all ingests have to have in common, without secrets. A list of its own names each setting, so that a new secret is not in it. */
export function sharedSettings(
  config: Pick<
    IngestConfig,
    | 'publicUrl'
    | 'trustProxy'
    | 'accounts'
    | 'workspaces'
    | 'keywords'
    | 'blockedSends'
    | 'forwardUrls'
    | 'forwardSignature'
    | 'studioTokens'
    | 'webhookTokens'
    | 'intake'
    | 'linkKeys'
  >,
): readonly unknown[] {
  const { publicUrl, trustProxy, accounts, workspaces, keywords, blockedSends, forwardSignature } = config;
  const { forwardUrls, studioTokens, webhookTokens, intake, linkKeys } = config;
  return [
    [publicUrl, trustProxy, [...accounts.keys()], workspaces],
    [keywords, blockedSends, forwardSignature],
    intake.map(({ name, kinds, accountSid, senders }) => [name, kinds, accountSid, senders]),
    // These are secret: how many there are.
    [forwardUrls.length, studioTokens.length, webhookTokens.length, linkKeys.length],
  ];
}
