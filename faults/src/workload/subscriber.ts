/** A message that a subscriber sends to one of our senders. */
export interface Message {
  readonly sid: string;
  readonly kind: 'stop' | 'start' | 'help';
  readonly sender: string;
  /** In ms since 1970. No two messages of a subscriber have the same time. */
  readonly sentAt: number;
  /** Whether Event Streams deliver it, at once or later, with its time. A webhook has none. */
  readonly streamed: boolean;
}

/** A message with the phone number it comes from. */
export interface AddressedMessage extends Message {
  readonly phone: string;
}

/** A phone number, the people who share it from the beginning and later, and its accepted messages in any order. */
export interface Subscriber {
  readonly phone: string;
  /** cio_ids of all people who share the number; empty for a number that Customer.io does not know. */
  readonly people: readonly string[];
  /** cio_ids of people who got the number after its first messages. */
  readonly late: string[];
  readonly accepted: Message[];
}
