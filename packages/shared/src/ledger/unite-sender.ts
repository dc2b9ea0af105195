import { countedMessages, decidingMessage, type ConsentMessage } from '../domain/consent';
import type { RecordedEvent } from './ledger-entry';

/** What decides for a sender in the united entry. */
interface UnitedSender {
  readonly deciding: ConsentMessage | undefined;
  /** The first opt-out of the standing one, unless that is the deciding one: when, in ms since 1970, and which message. */
  readonly first: { readonly at: number; readonly sid: string } | undefined;
}

/**
 * Unites what is known of a sender: its deciding message is that of the set of all messages, and a standing opt-out began with
 * the oldest opt-out since the last opt-in.
 *
 * @param events the sender's own messages, and the opt-ins to its service
 * @param known what the entries store as the first opt-out (`o:`): its message may have been pruned
 */
export function uniteSender(events: readonly RecordedEvent[], known: readonly string[]): UnitedSender {
  const messages = events.filter(({ kind }) => kind === 'stop' || kind === 'start').map(messageOf);
  const deciding = decidingMessage(messages);
  if (deciding?.state !== 'stopped') return { deciding, first: undefined };
  const counted = countedMessages(messages);
  const lastOptIn = counted.findLastIndex(({ state }) => state === 'started');
  const since = Math.max(...counted.slice(0, lastOptIn + 1).map(({ occurredAt }) => occurredAt));
  const starts = [
    ...counted.slice(lastOptIn + 1).map(({ occurredAt: at, messageSid: sid }) => ({ at, sid: String(sid) })),
    ...known.map((text) => ({ at: Number.parseInt(text, 10), sid: text.split(' ')[1] ?? '' })),
  ].filter(({ at }) => at >= since);
  const [first] = starts.sort((a, b) => a.at - b.at);
  return { deciding, first: first?.sid === deciding.messageSid ? undefined : first };
}

function messageOf({ kind, orderAt, occurredAt, source, messageSid, weak }: RecordedEvent): ConsentMessage {
  const state = kind === 'stop' ? 'stopped' : 'started';
  return { state, orderAt, occurredAt, source, messageSid, ...(weak && { weak }) };
}
