import { InboundEvent } from './inbound-event';
import { reportedEvent } from './reported-event';

const REPORT = InboundEvent.omit({ version: true, messagingServiceSid: true }).parse({
  messageSid: `OV${'0'.repeat(32)}`,
  accountSid: 'AC1',
  kind: 'start',
  channel: 'sms',
  phone: '+14155550123',
  sender: '+15005550006',
  source: 'manual',
  occurredAt: 1,
  receivedAt: 1,
});

test('a reported event is one that the queue takes', () => {
  expect(InboundEvent.parse(reportedEvent(REPORT))).toEqual({ ...REPORT, version: 1 });
});

test('a Messaging Service is also the service of its event, so that a START lifts the opt-outs of its numbers', () => {
  const sender = `MG${'a'.repeat(32)}`;
  expect(reportedEvent({ ...REPORT, sender }).messagingServiceSid).toBe(sender);
});
