import { InboundEvent } from '../domain/inbound-event';

export const NOW = 1_772_013_598_000;

/** The nth MessageSid. */
export const sid = (n: number): string => `SM${n.toString(16).padStart(32, '0')}`;
/** The nth phone number. */
export const phone = (n: number): string => `+1415${String(5_550_000 + n)}`;

/** The nth STOP, each of another phone number. `changes` replaces fields. */
export const stop = (n: number, changes: Partial<Record<keyof InboundEvent, unknown>> = {}): InboundEvent =>
  InboundEvent.parse({
    version: 1,
    messageSid: sid(n),
    accountSid: 'AC1',
    kind: 'stop',
    channel: 'sms',
    phone: phone(n),
    sender: 'MG1',
    source: 'webhook',
    occurredAt: NOW,
    receivedAt: NOW,
    ...changes,
  });
