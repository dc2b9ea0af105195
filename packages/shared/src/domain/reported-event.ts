import type { InboundEvent } from './inbound-event';
import { isMessagingServiceSid } from './twilio-ids';

/**
 * The first moment that a report may name, in ms since 1970: the year 2000. Programs give such as 1900-01-01 or 1970-01-01 for a date
 * that they lack; ordered by that, an opt-out would lose against everything.
 */
export const EARLIEST_REPORT = Date.UTC(2000, 0, 1);

/**
 * The event of a consent that no text message brought: an operator, an import, another system or a link did. Its sender is a Messaging
 * Service or one of our numbers. As with a message, a START to a service lifts the opt-outs of its numbers too.
 */
export function reportedEvent(report: Omit<InboundEvent, 'version' | 'messagingServiceSid'>): InboundEvent {
  const { sender } = report;
  return {
    version: 1,
    ...report,
    ...(isMessagingServiceSid(sender) && { messagingServiceSid: sender }),
  };
}
