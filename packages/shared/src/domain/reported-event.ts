import type { InboundEvent } from './inbound-event';
import { isMessagingServiceSid } from './twilio-ids';

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
