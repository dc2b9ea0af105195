import type { GuardedClient } from '@optout-sync/customerio';
import type { Consent, Destination } from './destination';

const PREFIX = { sms: '', whatsapp: 'whatsapp:' } as const;

/**
 * Triggers a webhook-triggered campaign for every message since the applied version that decides for its sender, oldest
 * first, with Twilio's parameter names. At least once: the campaign can detect a duplicate by its `MessageSid`.
 */
export function campaignWebhook(client: GuardedClient): Destination {
  return async (consent) => {
    for (const body of bodies(consent)) {
      await client.send({ operation: 'campaign', method: 'POST', path: '', body });
    }
    return undefined;
  };
}

function bodies({ subject, entry, optedOut }: Consent): unknown[] {
  return [...entry.senders.entries()]
    .filter(([, { version }]) => version > entry.appliedVersion)
    .sort(([, a], [, b]) => a.version - b.version)
    .map(([sender, { state, messageSid, occurredAt }]) => ({
      MessageSid: messageSid,
      From: PREFIX[subject.channel] + subject.phone,
      To: sender,
      ...(sender.startsWith('MG') ? { MessagingServiceSid: sender } : {}),
      OptOutType: state === 'stopped' ? 'STOP' : 'START',
      Channel: subject.channel,
      Timestamp: new Date(occurredAt).toISOString(),
      [`${subject.channel}_unsubscribe`]: optedOut,
    }));
}
