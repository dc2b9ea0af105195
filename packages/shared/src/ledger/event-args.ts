import type { InboundEvent } from '../domain/inbound-event';
import { reasonOf } from '../domain/reason-of';
import type { Note } from './ledger-entry';

/** The note on a message, as JSON; '' where there is nothing to note. */
export function noteOf(event: InboundEvent, keepsKeywords: boolean): string {
  const { by, why, phrase, reason } = event;
  const keyword = keepsKeywords && reasonOf(event) === 'message' ? event.keyword : undefined;
  const note: Note = { by, why, phrase, keyword, reason };
  return Object.values(note).some(Boolean) ? JSON.stringify(note) : '';
}

/** The senders whose opt-out a START to a Messaging Service lifts too: its own numbers, as far as they are known. */
export function liftedBy(
  { kind, messagingServiceSid, sender, ours }: InboundEvent,
  known: readonly string[],
): string[] {
  if (kind !== 'start' || messagingServiceSid !== sender) return [];
  return [...new Set([...(ours === undefined ? [] : [ours]), ...known])];
}
