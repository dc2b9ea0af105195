import { randomUUID } from 'node:crypto';
import { TWILIO_ACCOUNT_SID, TWILIO_MESSAGING_SERVICE_SID, messageSid } from './message';

const envelope = (type: string) => ({
  specversion: '1.0',
  type: `com.twilio.messaging.${type}`,
  source: `/2010-04-01/Accounts/${TWILIO_ACCOUNT_SID}/Messages/x.json`,
  id: 'EZ00000000000000000000000000000001',
  datacontenttype: 'application/json',
  time: '2026-03-01T10:00:00.000Z',
});

type Data = Readonly<Record<string, unknown>>;

/** An Event Streams event of an inbound message. `data` replaces or adds fields of its data; undefined removes one. */
export function streamInbound(data: Data = {}) {
  return {
    ...envelope('inbound-message.received'),
    dataschema: 'https://events-schemas.twilio.com/Messaging.InboundMessageV1/6',
    data: {
      messageSid: messageSid(),
      timestamp: '2026-03-01T09:59:58.000Z',
      accountSid: TWILIO_ACCOUNT_SID,
      eventName: 'com.twilio.messaging.inbound-message.received',
      from: '+14155550101',
      to: '+15005550006',
      numMedia: 0,
      body: 'Hello',
      messagingServiceSid: TWILIO_MESSAGING_SERVICE_SID,
      ...data,
    },
  };
}

/** An Event Streams event of a message that Twilio did not send. */
export function streamFailed(data: Data = {}, type: 'failed' | 'undelivered' = 'failed') {
  return {
    ...envelope(`message.${type}`),
    dataschema: 'https://events-schemas.twilio.com/Messaging.MessageStatus/8',
    data: {
      messageSid: messageSid(),
      timestamp: '2026-03-01T09:59:58.000Z',
      accountSid: TWILIO_ACCOUNT_SID,
      from: '+15005550006',
      to: '+14155550101',
      messageStatus: type.toUpperCase(),
      errorCode: 21610,
      messagingServiceSid: TWILIO_MESSAGING_SERVICE_SID,
      ...data,
    },
  };
}

/** An Event Streams event of a number that has another owner. */
export function streamReassigned(data: Data = {}) {
  return {
    ...envelope('reassigned-number.detected'),
    // As in Twilio's sample.
    datacontenttype: '2026-03-01T10:00:00.000Z',
    dataschema: 'https://events-schemas.twilio.com/DemandGrowth.ReassignedPhoneNumberDetectedEvent/1',
    data: {
      event_id: randomUUID(),
      timestamp: '2026-03-01T09:59:58.000Z',
      account_sid: TWILIO_ACCOUNT_SID,
      from_number: '+15005550006',
      to_number: '+14155550101',
      is_reassigned: true,
      last_verified_date: '2025-01-01',
      consent_operation: 'opt-out-created',
      consent_updated_at: '2026-03-01T09:59:57.000Z',
      ...data,
    },
  };
}

/** The event that Twilio sends to test a sink. */
export const streamTest = (id = TWILIO_ACCOUNT_SID) => ({
  specversion: '1.0',
  type: 'com.twilio.eventstreams.test-event',
  source: 'EventStreams',
  id,
  data: { test_id: 'x', correlation_id: 'x' },
});
