import type { EventKind, EventSource, InboundEvent } from './inbound-event';

/** Sources that give the time Twilio has for a message. With the others, the time is that of arrival. */
const TIMED_SOURCES: ReadonlySet<EventSource> = new Set(['event_stream', 'backfill']);

/**
 * Returns the number that a message is ordered by, in ms since 1970: its time. Some of Twilio's times are only to the second. Of
 * such a time an opt-out counts as the last millisecond and an opt-in as the first, so that an opt-out is never older than an
 * opt-in of the same second. The ledger's `order.lua` implements the same rule.
 */
function orderNumber({
  kind,
  source,
  at,
}: {
  readonly kind: EventKind;
  readonly source: EventSource;
  readonly at: number;
}): number {
  const toTheSecond = TIMED_SOURCES.has(source) && at % 1_000 === 0;
  return kind === 'stop' && toTheSecond ? at + 999 : at;
}

/**
 * Returns when an event occurred and the number it is ordered by, both in ms since 1970. A blocked send is ordered before it
 * occurred, that is, before its report.
 */
export function orderTimes({
  kind,
  source,
  occurredAt,
  orderAt = occurredAt,
}: Pick<InboundEvent, 'kind' | 'source' | 'occurredAt' | 'orderAt'>): {
  readonly orderAt: number;
  readonly occurredAt: number;
} {
  const number = orderNumber({ kind, source, at: orderAt });
  return {
    orderAt: number,
    occurredAt: orderAt < occurredAt ? Math.max(occurredAt, number + 1) : occurredAt,
  };
}

/** A message with the number it is ordered by. */
export interface Ordered {
  readonly state: 'stopped' | 'started';
  /** In ms since 1970; see {@link orderNumber}. */
  readonly orderAt: number;
  readonly messageSid: string;
}

/**
 * Whether `a` comes after `b`: by their numbers; of one number the opt-out is the later one, since obeying it is never
 * unlawful; then the higher MessageSid. A strict total order.
 */
export function isLater(a: Ordered, b: Ordered): boolean {
  if (a.orderAt !== b.orderAt) return a.orderAt > b.orderAt;
  if (a.state !== b.state) return a.state === 'stopped';
  return a.messageSid > b.messageSid;
}

/** Returns the latest; `undefined` for none. */
export function latest<T extends Ordered>(all: readonly T[]): T | undefined {
  return all.reduce<T | undefined>((last, next) => (last && isLater(last, next) ? last : next), undefined);
}
