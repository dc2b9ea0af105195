import type { GuardedClient } from '@optout-sync/customerio';
import { progressOf } from '@optout-sync/shared/ledger';
import { decidingWords } from './deciding-words';
import type { Consent, Destination } from './destination';
import type { OptionalDestination } from './optional-destination';

const PREFIX = { sms: '', whatsapp: 'whatsapp:' } as const;

/**
 * Triggers a webhook-triggered campaign, in a workspace that has nothing else, for every message since the applied version
 * that decides for its sender, oldest first, with Twilio's parameter names. At least once: the campaign can detect a duplicate
 * by its `MessageSid`.
 */
export function campaignAlone(client: GuardedClient): Destination {
  return async (consent) => {
    const { version, appliedVersion } = consent.entry;
    for (const { body } of callsFor(consent, { after: appliedVersion, upTo: version }))
      await trigger(client, body);
    return undefined;
  };
}

/** The same in a workspace that has API keys too. Each call is marked, so that a failure repeats none of those before it. */
export function optionalCampaign(client: GuardedClient): OptionalDestination {
  return {
    toPeople: false,
    isBehind: (entry) => progressOf(entry, 'campaign').appliedVersion < entry.appliedVersion,
    async write(consent, mark) {
      const { entry } = consent;
      const after = progressOf(entry, 'campaign').appliedVersion;
      const calls = callsFor(consent, { after, upTo: entry.appliedVersion });
      for (const [n, { body }] of calls.entries()) {
        await trigger(client, body);
        const next = calls[n + 1];
        if (next) await mark({ appliedVersion: next.version - 1 });
      }
      await mark({ appliedVersion: entry.appliedVersion });
    },
  };
}

async function trigger(client: GuardedClient, body: unknown): Promise<void> {
  await client.send({ operation: 'campaign', method: 'POST', path: '', body });
}

/** The calls for the versions after one and up to another, in their order: one for each message. */
function callsFor(
  { subject, entry, optedOut }: Consent,
  versions: { readonly after: number; readonly upTo: number },
): { readonly version: number; readonly body: unknown }[] {
  return decidingWords(entry, versions).map(({ sender, version, state, messageSid, occurredAt }) => ({
    version,
    body: {
      MessageSid: messageSid,
      From: PREFIX[subject.channel] + subject.phone,
      To: sender,
      ...(sender.startsWith('MG') ? { MessagingServiceSid: sender } : {}),
      OptOutType: state === 'stopped' ? 'STOP' : 'START',
      Channel: subject.channel,
      Timestamp: new Date(occurredAt).toISOString(),
      [`${subject.channel}_unsubscribe`]: optedOut,
    },
  }));
}
