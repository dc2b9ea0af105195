/** What a person said to one of our senders. */
export interface Message {
  readonly sid: string;
  readonly kind: 'stop' | 'start' | 'help';
  readonly sender: string;
  /** In ms since 1970. No two messages of a person have the same. */
  readonly sentAt: number;
}

/** Somebody's number, who has it, and what was said from it and accepted by us, in any order. */
export interface Caller {
  readonly phone: string;
  /** cio_ids of all who share the number; nobody for a number that Customer.io does not know. */
  readonly people: readonly string[];
  readonly accepted: Message[];
}
