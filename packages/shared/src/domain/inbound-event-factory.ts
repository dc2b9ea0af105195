import type { EventKind, EventSource, InboundEvent } from './inbound-event';
import { parseAddress, restorePlus } from './phone';
import type { Reason } from './reason';
import type { MessageSid } from './twilio-ids';

/** What a source knows of a message. Addresses are as Twilio writes them; a missing one is ''. Times in ms since 1970. */
interface EventInput {
  readonly messageSid: MessageSid;
  readonly accountSid: string;
  /** What the message means for consent (see `Classification`). */
  readonly classification: {
    readonly kind: EventKind;
    readonly keyword?: string;
    readonly phrase?: string;
    readonly reason?: Reason;
  };
  /** The person's address. */
  readonly person: string;
  /** Our number, short code or WhatsApp address. */
  readonly ours: string;
  readonly messagingServiceSid: string;
  readonly source: EventSource;
  readonly occurredAt: number;
  readonly orderAt?: number;
  readonly receivedAt: number;
}

/** A keyword from an address without a phone number or on an unknown channel. It becomes a dead letter. */
export interface UnsupportedAddress {
  readonly kind: 'unprocessable';
  readonly code: 'not_a_phone_number' | 'unknown_channel';
  readonly message: string;
  readonly messageSid: MessageSid;
  /** What an operator who knows the person's phone replays; see `unresolvedEvent` of the dead letters. */
  readonly unresolved?: Readonly<Record<string, unknown>>;
}

/**
 * Builds the inbound event of a message, or returns why the person's address is not supported. The event's sender is the
 * Messaging Service where there is one, else our number: this is the scope of an opt-out at Twilio.
 */
export function toInboundEvent(
  input: EventInput,
): { readonly kind: 'event'; readonly event: InboundEvent } | UnsupportedAddress {
  const { messageSid, accountSid, classification, person, ours, messagingServiceSid, source, ...rest } =
    input;
  const identity = {
    messageSid,
    accountSid,
    ...classification,
    sender: messagingServiceSid || restorePlus(ours),
    ...(messagingServiceSid && { messagingServiceSid }),
    ...(messagingServiceSid && ours && { ours: restorePlus(ours) }),
    source,
  };
  const address = parseAddress(person);
  switch (address.kind) {
    case 'unknown_channel':
      return {
        kind: 'unprocessable',
        code: 'unknown_channel',
        message: 'A keyword on a channel other than SMS, MMS, RCS and WhatsApp',
        messageSid,
      };
    case 'other':
      return {
        kind: 'unprocessable',
        code: 'not_a_phone_number',
        message: 'A keyword from an address that is not a phone number',
        messageSid,
        unresolved: {
          ...identity,
          channel: address.channel,
          ...(rest.occurredAt !== rest.receivedAt && { occurredAt: rest.occurredAt }),
          ...(rest.orderAt !== undefined && { orderedBefore: rest.occurredAt - rest.orderAt }),
        },
      };
    case 'phone':
      return {
        kind: 'event',
        event: {
          version: 1,
          ...identity,
          channel: address.channel,
          phone: address.phone,
          ...rest,
        },
      };
    default:
      return address satisfies never;
  }
}
