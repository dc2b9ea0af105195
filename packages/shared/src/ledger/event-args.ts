import { isWeakOptIn } from '../domain/consent';
import type { InboundEvent } from '../domain/inbound-event';
import { reasonOf } from '../domain/reason-of';
import { SOURCE_CODES, type Note } from './ledger-entry';

/**
 * The arguments of an event for `record.lua`.
 *
 * @param ownNumbers the configured numbers of its Messaging Service
 */
export function eventArgs(
  event: InboundEvent,
  ownNumbers: readonly string[],
  keepsKeywords: boolean,
): readonly (string | number)[] {
  return [
    event.messageSid,
    event.kind,
    SOURCE_CODES[event.source],
    event.sender,
    event.orderAt ?? event.occurredAt,
    event.occurredAt,
    event.receivedAt,
    noteOf(event, keepsKeywords),
    isWeakOptIn(event) ? '1' : '0',
    liftedBy(event, ownNumbers).join('\n'),
  ];
}

/** The note on a message, as JSON; '' where there is nothing to note. */
function noteOf(event: InboundEvent, keepsKeywords: boolean): string {
  const { by, why, phrase, reason } = event;
  const keyword = keepsKeywords && reasonOf(event) === 'message' ? event.keyword : undefined;
  const note: Note = { by, why, phrase, keyword, reason };
  return Object.values(note).some(Boolean) ? JSON.stringify(note) : '';
}

/** The senders whose opt-out a START to a Messaging Service lifts too: its own numbers, as far as they are known. */
function liftedBy(
  { kind, messagingServiceSid, sender, ours }: InboundEvent,
  known: readonly string[],
): string[] {
  if (kind !== 'start' || messagingServiceSid !== sender) return [];
  return [...new Set([...(ours === undefined ? [] : [ours]), ...known])];
}
