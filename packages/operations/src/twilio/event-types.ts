/**
 * The events that are used, with the schema version to subscribe to and the oldest that has what is needed
 * (https://www.twilio.com/docs/events/event-types/messaging).
 */
export const EVENT_TYPES = {
  'com.twilio.messaging.inbound-message.received': { version: 6, oldest: 5 },
  'com.twilio.messaging.message.failed': { version: 8, oldest: 1 },
  'com.twilio.messaging.message.undelivered': { version: 8, oldest: 1 },
  'com.twilio.messaging.reassigned-number.detected': { version: 1, oldest: 1 },
} as const satisfies Record<string, { readonly version: number; readonly oldest: number }>;

export type EventType = keyof typeof EVENT_TYPES;
export const INBOUND_EVENT: EventType = 'com.twilio.messaging.inbound-message.received';
export const FAILED_EVENTS: readonly EventType[] = [
  'com.twilio.messaging.message.failed',
  'com.twilio.messaging.message.undelivered',
];
