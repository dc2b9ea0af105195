import { deadLetterId, type DeadLetter } from '@optout-sync/shared/dead-letters';
import { maskPhone, type InboundEvent } from '@optout-sync/shared/domain';

/** The log fields of a stored inbound event. The phone is masked. */
export function eventLogFields(event: InboundEvent): Record<string, string> {
  const { messageSid, kind, channel, source, phone } = event;
  return { messageSid, kind, channel, source, phone: maskPhone(phone) };
}

/** The log fields of a dead letter: its code and id, and the message's SID when there is one. */
export function deadLetterLogFields(deadLetter: DeadLetter, messageSid?: string): Record<string, string> {
  return {
    code: deadLetter.code,
    deadLetter: deadLetterId(deadLetter),
    ...(messageSid && { messageSid }),
  };
}
