import { InboundEvent } from '@optout-sync/shared/domain';
import { TWILIO_ACCOUNT_SID, messageSid } from '@optout-sync/twilio-simulator';

/** The inbound event that ingest enqueues for a STOP from `phone` received now; `overrides` replace its fields. */
export function inboundEvent(
  phone: string,
  overrides: Partial<Record<keyof InboundEvent, unknown>> = {},
): InboundEvent {
  const now = Date.now();
  return InboundEvent.parse({
    version: 1,
    messageSid: messageSid(),
    accountSid: TWILIO_ACCOUNT_SID,
    kind: 'stop',
    channel: 'sms',
    phone,
    sender: 'MG1',
    source: 'webhook',
    occurredAt: now,
    receivedAt: now,
    ...overrides,
  });
}
