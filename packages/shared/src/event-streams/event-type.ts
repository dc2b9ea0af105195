/** How an event of a batch ends. */
export const STREAM_OUTCOMES = ['accepted', 'not_a_keyword', 'ignored', 'dead_lettered'] as const;
export type StreamOutcome = (typeof STREAM_OUTCOMES)[number];

/** The type of an event of a batch, as a metric label. */
export const STREAM_TYPES = [
  'inbound_message',
  'message_failed',
  'message_undelivered',
  'reassigned_number',
  'test',
  'other',
] as const;
export type StreamType = (typeof STREAM_TYPES)[number];

const TYPES: ReadonlyMap<string, StreamType> = new Map([
  ['com.twilio.messaging.inbound-message.received', 'inbound_message'],
  ['com.twilio.messaging.message.failed', 'message_failed'],
  ['com.twilio.messaging.message.undelivered', 'message_undelivered'],
  ['com.twilio.messaging.reassigned-number.detected', 'reassigned_number'],
  ['com.twilio.eventstreams.test-event', 'test'],
]);

/** `undefined` for a value that is not a CloudEvent. */
export function streamTypeOf(cloudEvent: unknown): StreamType | undefined {
  const type = (cloudEvent as { type?: unknown } | null | undefined)?.type;
  return typeof type === 'string' ? (TYPES.get(type) ?? 'other') : undefined;
}
