import {
  countedMessages,
  decidingMessage,
  isBlockedSend,
  isWeakOptIn,
  type ConsentMessage,
} from '../../domain/consent';
import type { EventSource, InboundEvent } from '../../domain/inbound-event';
import { isLater, latest, orderTimes } from '../../domain/order';

/** What is known of one message by all its deliveries. */
interface Known extends ConsentMessage {
  readonly sender: string;
  readonly lifts: readonly string[];
}

const STRENGTH = ['help', 'yes', 'start', 'stop'];
const strength = (event: InboundEvent): number => STRENGTH.indexOf(isWeakOptIn(event) ? 'yes' : event.kind);

const PRECISION: Readonly<Record<'message' | 'blocked', readonly EventSource[]>> = {
  message: ['backfill', 'event_stream'],
  blocked: ['event_stream', 'backfill'],
};

/** Returns the deciding message of each sender, and when its state began, from all deliveries in any order. */
export function expectedWord(
  events: readonly InboundEvent[],
): Map<string, ConsentMessage & { readonly since: number }> {
  const sids = new Set(events.map(({ messageSid }) => messageSid));
  const known = [...sids].flatMap((sid) => combined(events.filter(({ messageSid }) => messageSid === sid)));
  const senders = new Set(known.map(({ sender }) => sender));
  return new Map(
    [...senders].flatMap((sender) => {
      const own = known.filter((one) => one.sender === sender);
      const isLifted = own.some(({ state }) => state === 'stopped');
      const messages = [...own, ...known.filter(({ lifts }) => isLifted && lifts.includes(sender))];
      const deciding = decidingMessage(messages);
      return deciding ? [[sender, { ...deciding, since: sinceOf(messages, deciding) }] as const] : [];
    }),
  );
}

/** The strongest kind and the best time of the deliveries of one message. */
function combined(deliveries: readonly InboundEvent[]): Known[] {
  const strongest = deliveries.reduce((a, b) => (strength(b) > strength(a) ? b : a));
  const { kind, sender, messageSid } = strongest;
  if (kind !== 'stop' && kind !== 'start') return [];
  const route = deliveries.some(({ orderAt }) => orderAt !== undefined) ? 'blocked' : 'message';
  const precision = ({ source }: InboundEvent): number => PRECISION[route].indexOf(source);
  const shown = (one: { orderAt: number; occurredAt: number }): number =>
    route === 'blocked' ? one.orderAt : one.occurredAt;
  const best = deliveries
    .map((event) => ({ ...event, ...orderTimes({ ...event, kind }) }))
    .sort((a, b) => precision(b) - precision(a) || shown(a) - shown(b) || a.occurredAt - b.occurredAt)[0];
  if (!best) return [];
  const { source, orderAt, occurredAt } = best;
  const state = kind === 'stop' ? 'stopped' : 'started';
  const isLifting = kind === 'start' && strongest.ours !== undefined;
  const lifts = isLifting && strongest.ours !== undefined ? [strongest.ours] : [];
  return [{ state, source, orderAt, occurredAt, messageSid, sender, lifts, weak: isWeakOptIn(strongest) }];
}

/**
 * When the present state began: the first opt-out after the latest opt-in. A blocked send that restores an opt-out after an opt-in by
 * hand begins it when it was reported.
 */
function sinceOf(messages: readonly Known[], deciding: Known): number {
  if (deciding.state === 'started') return deciding.occurredAt;
  const counted = countedMessages(messages);
  const optIn = latest(counted.filter(({ state }) => state === 'started'));
  const optOuts = counted.filter(({ state }) => state === 'stopped');
  const first = optOuts.find((one) => !optIn || isLater(one, optIn));
  const override = latest(counted.filter(({ source }) => source === 'manual'));
  const said = latest(counted.filter(({ state, source }) => state === 'started' && source !== 'manual'));
  const restoring = optOuts.filter(
    (one) =>
      override?.state === 'started' &&
      isBlockedSend(one) &&
      one.occurredAt >= override.orderAt &&
      (!said || isLater(one, said)),
  );
  const began = [...(first ? [first] : []), ...restoring].map(({ occurredAt }) => occurredAt);
  return began.length === 0 ? deciding.occurredAt : Math.min(...began);
}
