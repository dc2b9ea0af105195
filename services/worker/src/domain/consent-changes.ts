import {
  TWILIO_STOP_WORDS,
  isTollFree,
  latest,
  reasonOf,
  type EventSource,
  type Ordered,
} from '@optout-sync/shared/domain';
import type { LedgerEntry } from '@optout-sync/shared/ledger';
import type { Consent } from '@optout-sync/twilio-api';
import type { SenderScope } from './sender-scope';

/** What Twilio is told about a person: the status with one of our senders. */
export type ConsentChange = Pick<Consent, 'sender' | 'status' | 'source'> & { readonly at: number };

type RecordedEvent = LedgerEntry['history'][number];

/** A message, or what stands for one, that decides for a sender at Twilio. */
interface Word extends Ordered {
  readonly sender: string;
  readonly event: RecordedEvent;
  readonly version: number;
}

/** Where a person's own words come from. An opt-in by hand, or reported by another system, lifts nothing at Twilio. */
const PERSON: ReadonlySet<EventSource> = new Set(['webhook', 'event_stream', 'studio', 'backfill']);

/**
 * Returns what Twilio does not know by itself of the versions after one and up to another.
 *
 * - An opt-out is written for every sender of its scope that Twilio did not block: none of those by one of its keywords, but for
 *   the other senders of a scope that is wider than Twilio's. Nothing is written for a block that Twilio reported, nor for a reassigned number.
 * - An opt-in is written when the person texted it, for a sender that an opt-out was written for. Never for a toll-free number:
 *   Twilio leaves those to others (https://www.twilio.com/docs/messaging/features/consent-api).
 * - Once an opt-out was written for a sender, its keywords are written too: else an opt-in of ours that is late would lift them.
 * - Of several words about a sender the latest counts.
 *
 * @param entry with the whole history
 */
export function consentChanges(
  entry: LedgerEntry,
  { after, upTo }: { readonly after: number; readonly upTo: number },
  scope: SenderScope,
): ConsentChange[] {
  const eventOf = new Map(entry.history.map((event) => [event.messageSid, event]));
  const words = new Map<string, Word[]>();
  for (const [ledgerSender, { messageSid, state, orderAt, version, reason }] of entry.senders) {
    const stored = eventOf.get(messageSid);
    if (!stored || version > upTo) continue;
    // A blocked send that decides has the reason of the opt-out that it confirms.
    const event = state === 'stopped' ? { ...stored, note: { ...stored.note, reason } } : stored;
    for (const sender of targetsOf({ ...event, sender: ledgerSender }, entry.history, scope)) {
      const word: Word = { sender, event, version, state, orderAt, messageSid };
      words.set(sender, [...(words.get(sender) ?? []), word]);
    }
  }
  return [...words.values()].flatMap((all) => {
    const last = latest(all);
    return last && last.version > after ? [changeOf(last)] : [];
  });
}

/** The senders that an event is written for. */
function targetsOf(event: RecordedEvent, history: readonly RecordedEvent[], scope: SenderScope): string[] {
  const isOurs = (sender: string): boolean =>
    history.some(
      (one) =>
        one.messageSid !== event.messageSid &&
        one.kind === 'stop' &&
        one.orderAt <= event.orderAt &&
        unblocked(one, scope).includes(sender),
    );
  if (event.kind === 'start') {
    const isOfPerson = PERSON.has(event.source) && (event.note?.reason ?? 'message') === 'message';
    if (!isOfPerson) return [];
    return scope.optInTargets(event.sender).filter((sender) => !isTollFree(sender) && isOurs(sender));
  }
  const known = [...unblocked(event, scope)];
  const isKeyword = reasonIn(event) === 'message';
  const blocked = isKeyword ? scope.blockedWith(event.sender).filter(isOurs) : [];
  return [...new Set([...known, ...blocked])];
}

/** The senders of an opt-out's scope that Twilio did not block by itself. */
function unblocked(event: RecordedEvent, scope: SenderScope): readonly string[] {
  const targets = scope.optOutTargets(event.sender);
  const reason = reasonIn(event);
  switch (reason) {
    case 'blocked_at_twilio':
    case 'reassigned':
      return [];
    case 'message': {
      if (!isTwilioKeyword(event)) return targets;
      const blocked = scope.blockedWith(event.sender);
      return targets.filter((sender) => !blocked.includes(sender));
    }
    case 'wording':
    case 'operator':
    case 'import':
    case 'customerio':
    case 'api':
      return targets;
    default:
      return reason satisfies never;
  }
}

/** Whether Twilio blocked it by itself. An event without a keyword is one that Twilio classified, or is older than the destination. */
function isTwilioKeyword({ note }: RecordedEvent): boolean {
  const keyword = note?.keyword;
  return keyword === undefined || TWILIO_STOP_WORDS.some((word) => word === keyword);
}

const reasonIn = ({ note, ...event }: RecordedEvent) => reasonOf({ ...event, ...note });

function changeOf({ sender, state, event }: Word): ConsentChange {
  const at = event.occurredAt;
  if (state === 'started') return { sender, status: 'opt-in', source: 'opt-in-message', at };
  return { sender, status: 'opt-out', source: sourceOf(event), at };
}

/** How the person gave the opt-out, in Twilio's words. */
function sourceOf(event: RecordedEvent): Consent['source'] {
  const reason = reasonIn(event);
  if (reason === 'message' || reason === 'wording') return 'opt-out-message';
  return reason === 'operator' ? 'offline' : 'others';
}
