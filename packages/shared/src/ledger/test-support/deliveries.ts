import fc from 'fast-check';
import { InboundEvent, type EventSource } from '../../domain/inbound-event';

/** A delivery of message `n` by one of its routes. Times in ms after `NOW`. */
export interface Delivery {
  readonly n: number;
  readonly kind: 'stop' | 'start' | 'yes' | 'help';
  readonly route: 'message' | 'blocked' | 'override';
  readonly source: EventSource;
  readonly at: number;
  /** Of a blocked send: how long before `at` it was made at the earliest. */
  readonly earlier: number;
  readonly sender: 'MG1' | '+15005550006';
}

/** A whole second. */
const NOW = 1_772_013_598_000;

const SOURCES: Readonly<Record<Delivery['route'], readonly EventSource[]>> = {
  message: ['webhook', 'event_stream', 'studio', 'backfill'],
  blocked: ['status_callback', 'event_stream', 'backfill'],
  override: ['manual'],
};

const time = fc.oneof(
  fc.nat(3).map((seconds) => seconds * 1_000),
  fc.constantFrom(1, 999, 1_001, 1_500, 1_999, 2_500),
);

/**
 * A message and one delivery of it. The deliveries of one message may differ in their source and time, and in their kind, as where
 * only Twilio recognises an opt-out.
 */
const delivery: fc.Arbitrary<Delivery> = fc
  .tuple(fc.constantFrom<Delivery['route']>('message', 'message', 'blocked', 'override'), fc.nat(2))
  .chain(([route, number]) =>
    fc.record({
      n: fc.constant(number + { message: 0, blocked: 10, override: 20 }[route]),
      kind: route === 'blocked' ? fc.constant('stop' as const) : anyKind(route),
      route: fc.constant(route),
      source: fc.constantFrom(...SOURCES[route]),
      at: time,
      earlier: fc.constantFrom(500, 1_000, 2_001),
      // Every message has one sender.
      sender: fc.constant(number === 2 ? ('+15005550006' as const) : ('MG1' as const)),
    }),
  );

function anyKind(route: Delivery['route']): fc.Arbitrary<Delivery['kind']> {
  return route === 'override'
    ? fc.constantFrom('stop', 'start')
    : fc.constantFrom('stop', 'stop', 'start', 'start', 'yes', 'help');
}

/** An override is delivered once: only the first of each is kept. */
export const anyDeliveries = (count: number): fc.Arbitrary<Delivery[]> =>
  fc
    .array(delivery, { minLength: count, maxLength: count })
    .map((all) =>
      all.filter(({ n, route }, at) => route !== 'override' || all.findIndex((one) => one.n === n) === at),
    );

/** The event of a delivery. A message to the service went to its own number +15005550006. */
export function inbound({ n, kind, route, source, at, earlier, sender }: Delivery): InboundEvent {
  const toSecond = source === 'backfill' ? Math.floor(at / 1_000) * 1_000 : at;
  return InboundEvent.parse({
    version: 1,
    messageSid: `SM${n.toString(16).padStart(32, '0')}`,
    accountSid: 'AC1',
    kind: kind === 'yes' ? 'start' : kind,
    ...(kind === 'yes' && { keyword: 'YES' }),
    channel: 'sms',
    phone: '+14155550123',
    sender,
    ...(sender === 'MG1' && { messagingServiceSid: 'MG1', ours: '+15005550006' }),
    source,
    occurredAt: NOW + toSecond + (route === 'blocked' && source === 'backfill' ? 1 : 0),
    ...(route === 'blocked' && { orderAt: NOW + toSecond - (source === 'backfill' ? 0 : earlier) }),
    receivedAt: NOW + 5_000,
  });
}

export function permutations<T>(all: readonly T[]): T[][] {
  if (all.length < 2) return [[...all]];
  return all.flatMap((one, at) =>
    permutations([...all.slice(0, at), ...all.slice(at + 1)]).map((rest) => [one, ...rest]),
  );
}
