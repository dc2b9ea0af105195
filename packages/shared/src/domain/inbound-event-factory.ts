import type { EventKind, EventSource, InboundEvent } from './inbound-event';
import { parseAddress } from './phone';
import type { MessageSid } from './twilio-ids';

/** What a message means for consent, in an event's terms. */
interface Classification {
  readonly kind: EventKind;
  readonly keyword?: string;
  readonly phrase?: string;
}

/** What a source tells of a person's word. Addresses are as Twilio writes them, what is missing is ''. */
export interface EventInput {
  readonly messageSid: MessageSid;
  readonly accountSid: string;
  readonly classification: Classification;
  /** The person's address. */
  readonly person: string;
  /** Ours: the number, short code or WhatsApp address. */
  readonly ours: string;
  readonly messagingServiceSid: string;
  readonly source: EventSource;
  /** In ms since 1970. */
  readonly occurredAt: number;
  readonly orderAt?: number;
  readonly receivedAt: number;
}

/** A keyword from an address that no event can be made of; the message is for an operator. */
export interface UnsupportedAddress {
  readonly kind: 'unprocessable';
  readonly code: 'not_a_phone_number' | 'unknown_channel';
  readonly message: string;
  readonly messageSid: MessageSid;
}

/**
 * The event of a person's word, or the puzzle that it is when the address is no phone number. The sender whose opt-out
 * it is: the Messaging Service when there is one, else our number (Twilio's scope).
 */
export function toInboundEvent(
  said: EventInput,
): { readonly kind: 'event'; readonly event: InboundEvent } | UnsupportedAddress {
  const { messageSid, accountSid, classification, person, ours, messagingServiceSid, ...when } = said;
  const address = parseAddress(person);
  switch (address.kind) {
    case 'unknown_channel':
      return {
        kind: 'unprocessable',
        code: 'unknown_channel',
        message: 'A keyword from a channel that is neither SMS, MMS, RCS nor WhatsApp',
        messageSid,
      };
    case 'other':
      return {
        kind: 'unprocessable',
        code: 'not_a_phone_number',
        message: 'A keyword from an address that is no phone number',
        messageSid,
      };
    case 'phone':
      return {
        kind: 'event',
        event: {
          version: 1,
          messageSid,
          accountSid,
          ...classification,
          channel: address.channel,
          phone: address.phone,
          sender: messagingServiceSid || ours,
          ...(messagingServiceSid && { messagingServiceSid }),
          ...when,
        },
      };
    default:
      return address satisfies never;
  }
}
