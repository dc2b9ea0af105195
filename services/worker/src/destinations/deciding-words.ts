import type { LedgerConsent, LedgerEntry, RecordedEvent } from '@optout-sync/shared/ledger';

/** A message that decides for a sender, or for several. */
export type DecidingWord = Pick<LedgerConsent, 'version' | 'state' | 'messageSid' | 'occurredAt'> & {
  /** The sender that it was sent to. */
  readonly sender: string;
  /** Missing where the entry does not have it. */
  readonly event: RecordedEvent | undefined;
};

/**
 * Returns the messages that decide by the versions after one and up to another, in their order. A START to a Messaging Service may
 * decide for several senders; it is one word, to the sender that it was sent to.
 */
export function decidingWords(
  { history, senders }: Pick<LedgerEntry, 'history' | 'senders'>,
  { after, upTo }: { readonly after: number; readonly upTo: number },
): DecidingWord[] {
  const eventOf = new Map(history.map((event) => [event.messageSid, event]));
  const words = new Map(
    [...senders].map(([name, { version, state, messageSid, occurredAt }]) => {
      const event = eventOf.get(messageSid);
      return [messageSid, { version, state, messageSid, occurredAt, sender: event?.sender ?? name, event }];
    }),
  );
  return [...words.values()]
    .filter(({ version }) => version > after && version <= upTo)
    .sort((a, b) => a.version - b.version);
}
