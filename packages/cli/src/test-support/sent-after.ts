import { SentAfterEntry } from '@optout-sync/shared/sent-after';
import { messageSid } from '@optout-sync/twilio-simulator';

/** A message that was sent a minute after an opt-out from its sender. */
export function sentAfterEntry(given: Partial<Record<keyof SentAfterEntry, unknown>> = {}): SentAfterEntry {
  const at = Date.parse('2026-02-25T10:00:00Z');
  const sender = `MG${'a'.repeat(32)}`;
  return SentAfterEntry.parse({
    messageSid: messageSid(),
    relation: 'same_sender',
    workspace: 'default',
    channel: 'sms',
    phone: '+14155550123',
    accountSid: `AC${'1'.repeat(32)}`,
    sender,
    from: '+15005550006',
    sentAt: at + 60_000,
    status: 'delivered',
    optOut: { messageSid: messageSid(), sender, occurredAt: at },
    foundAt: at + 120_000,
    ...given,
  });
}
