import { InboundEvent, SEND_UNCERTAINTY_MS, classify } from '@optout-sync/shared/domain';
import {
  TWILIO_MESSAGING_SERVICE_SID,
  messageSid,
  streamFailed,
  streamInbound,
  streamTest,
} from '@optout-sync/twilio-simulator';
import { parseStreamEvent } from './parse';

const NOW = Date.parse('2026-03-01T10:00:00.000Z');
const ENVELOPE = Date.parse('2026-03-01T09:59:59.000Z');
const SENT = Date.parse('2026-03-01T09:59:58.000Z');

const understood = (event: unknown) => parseStreamEvent(event, NOW, classify);
const eventOf = (event: unknown): InboundEvent => {
  const result = understood(event);
  if (result.kind !== 'event') throw new Error(`it is ${result.kind}`);
  return InboundEvent.parse(result.event);
};

describe('an event of an inbound message', () => {
  it("is what Twilio's opt-out type says, when the message was sent", () => {
    const sid = messageSid();
    expect(eventOf(streamInbound({ messageSid: sid, optOutType: 'STOP', body: 'basta' }))).toEqual({
      version: 1,
      messageSid: sid,
      accountSid: 'AC00000000000000000000000000000001',
      kind: 'stop',
      channel: 'sms',
      phone: '+14155550101',
      sender: TWILIO_MESSAGING_SERVICE_SID,
      messagingServiceSid: TWILIO_MESSAGING_SERVICE_SID,
      source: 'event_stream',
      occurredAt: SENT,
      receivedAt: NOW,
    });
  });

  it.each([
    ['optOutType', 'START', 'start'],
    ['OptOutType', 'HELP', 'help'],
    ['OptOutType', 'STOP', 'stop'],
  ])('takes %s=%s for %s', (name, type, kind) => {
    expect(eventOf(streamInbound({ [name]: type }))).toMatchObject({ kind });
  });

  it('is judged by its body before version 5, and without a verdict', () => {
    expect(eventOf(streamInbound({ body: ' stop ' }))).toMatchObject({ kind: 'stop', keyword: 'STOP' });
    expect(eventOf(streamInbound({ body: 'START', optOutType: null }))).toMatchObject({ kind: 'start' });
    expect(understood(streamInbound({ body: 'Hello' }))).toEqual({ kind: 'not_a_keyword' });
    expect(understood(streamInbound({ body: null }))).toEqual({ kind: 'not_a_keyword' });
  });

  it('is of our number when it came without a Messaging Service', () => {
    for (const messagingServiceSid of [undefined, null, '']) {
      const event = eventOf(streamInbound({ body: 'STOP', messagingServiceSid }));
      expect(event.sender).toBe('+15005550006');
      expect(event).not.toHaveProperty('messagingServiceSid');
    }
  });

  it('keeps the channels apart', () => {
    const channels = ['rcs:+14155550101', 'whatsapp:+14155550101'].map(
      (from) => eventOf(streamInbound({ from, body: 'STOP' })).channel,
    );
    expect(channels).toEqual(['sms', 'whatsapp']);
  });

  it.each([
    ['missing', undefined, 'the time of the envelope', ENVELOPE],
    ['nonsense', 'yesterday', 'the time of the envelope', ENVELOPE],
    ['older than time itself', '1969-01-01T00:00:00Z', 'the time of the envelope', ENVELOPE],
    ['of next year', '2027-03-01T10:00:00Z', 'the time of the envelope', ENVELOPE],
    ['a little ahead of our clock', '2026-03-01T10:00:30Z', 'itself', NOW + 30_000],
    ['finer than ours', '2026-03-01T09:59:58.123456Z', 'itself', SENT + 123],
  ])('with a timestamp that is %s counts as sent at %s', (_, timestamp, _words, at) => {
    const event = { ...streamInbound({ body: 'STOP', timestamp }), time: '2026-03-01T09:59:59Z' };
    expect(eventOf(event).occurredAt).toBe(at);
  });

  it.each([undefined, 'yesterday', '2027-03-01T10:00:00Z'])(
    'counts as sent when it came with no timestamp that is believed, the time of the envelope being %p',
    (time) => {
      const timestamp = 'yesterday';
      expect(eventOf({ ...streamInbound({ body: 'STOP', timestamp }), time }).occurredAt).toBe(NOW);
      expect(eventOf({ ...streamFailed({ timestamp }), time }).occurredAt).toBe(NOW);
    },
  );

  it.each([
    ['whatsapp:US.123', 'not_a_phone_number'],
    ['messenger:1', 'unknown_channel'],
  ])('is set aside when the keyword came from %s', (from, code) => {
    expect(understood(streamInbound({ from, body: 'STOP' }))).toMatchObject({ kind: 'unprocessable', code });
  });

  it.each([
    [{ messageSid: 'x' }, 'data.messageSid'],
    [{ from: undefined }, 'data.from'],
    [{ from: 14155550101 }, 'data.from'],
    [{ to: '', messagingServiceSid: '' }, 'data.to'],
    [{ body: ['STOP'] }, 'data.body'],
  ])('is set aside, naming fields and no values, when %j is wrong with it', (data, field) => {
    expect(understood(streamInbound(data))).toEqual({
      kind: 'unprocessable',
      code: 'message_not_understood',
      message: `Missing or not as expected: ${field}`,
    });
  });
});

describe('an event of a message that was not sent', () => {
  it.each(['failed', 'undelivered'] as const)(
    'is an opt-out of whom it was for when it %s with 21610',
    (type) => {
      expect(eventOf(streamFailed({}, type))).toMatchObject({
        kind: 'stop',
        phone: '+14155550101',
        sender: TWILIO_MESSAGING_SERVICE_SID,
        source: 'event_stream',
        occurredAt: SENT,
        orderAt: SENT - SEND_UNCERTAINTY_MS,
      });
    },
  );

  it('may give the error as text, and no sender but the service', () => {
    expect(eventOf(streamFailed({ errorCode: '21610', from: null })).sender).toBe(
      TWILIO_MESSAGING_SERVICE_SID,
    );
    expect(eventOf(streamFailed({ messagingServiceSid: null })).sender).toBe('+15005550006');
  });

  it.each([30003, '30003', null, undefined, '21610 ', true])(
    'is of no concern with the error %p',
    (errorCode) => {
      expect(understood(streamFailed({ errorCode }))).toEqual({ kind: 'ignored' });
    },
  );

  it('is of no concern without any data', () => {
    expect(understood({ type: 'com.twilio.messaging.message.failed', data: null })).toEqual({
      kind: 'ignored',
    });
  });
});

describe('any other event', () => {
  it.each([[streamTest()], [{ type: 'com.twilio.voice.x', data: { errorCode: 21610 } }], [{ type: '' }]])(
    'is of no concern: %j',
    (event) => {
      expect(understood(event)).toEqual({ kind: 'ignored' });
    },
  );

  it.each([[null], [7], ['text'], [[]], [{}], [{ type: 5 }]])(
    'is set aside when it is none at all: %j',
    (event) => {
      expect(understood(event)).toMatchObject({ kind: 'unprocessable', code: 'message_not_understood' });
    },
  );
});
