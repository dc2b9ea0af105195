import { deadLetterId, maskPhone, type DeadLetter, type InboundEvent } from '@optout-sync/shared';

/** What a log line says of an event that was kept. */
export function aboutEvent({ messageSid, kind, channel, phone }: InboundEvent): Record<string, string> {
  return { messageSid, kind, channel, phone: maskPhone(phone) };
}

/** What a log line says of a letter. */
export function aboutLetter(letter: DeadLetter, messageSid?: string): Record<string, string> {
  return { code: letter.code, letter: deadLetterId(letter), ...(messageSid && { messageSid }) };
}
