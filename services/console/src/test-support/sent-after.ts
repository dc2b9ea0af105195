import type { Subject } from '@optout-sync/shared/domain';
import { SentAfterEntry } from '@optout-sync/shared/sent-after';
import { ACCOUNT, SENDER, freshSid } from './people';

/** A message that was sent to a phone just now, an hour after an opt-out from its sender. */
export function sentAfterEntry(
  subject: Subject,
  more: Partial<Record<keyof SentAfterEntry, unknown>> = {},
): SentAfterEntry {
  const at = Date.now();
  return SentAfterEntry.parse({
    ...subject,
    messageSid: freshSid(),
    relation: 'same_sender',
    accountSid: ACCOUNT,
    sender: SENDER,
    from: SENDER,
    sentAt: at,
    status: 'delivered',
    optOut: { messageSid: freshSid(), sender: SENDER, occurredAt: at - 3_600_000 },
    foundAt: at,
    ...more,
  });
}
