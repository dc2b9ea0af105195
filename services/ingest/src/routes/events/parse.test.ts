import { InboundEvent, SEND_UNCERTAINTY_MS, classify, createBlockedSends } from '@optout-sync/shared/domain';
import {
  TWILIO_MESSAGING_SERVICE_SID,
  messageSid,
  streamFailed,
  streamInbound,
  streamReassigned,
  streamTest,
} from '@optout-sync/twilio-simulator';
import { parseCloudEvent } from '@optout-sync/shared/event-streams';

const NOW = Date.parse('2026-03-01T10:00:00.000Z');
const ENVELOPE = Date.parse('2026-03-01T09:59:59.000Z');
const SENT = Date.parse('2026-03-01T09:59:58.000Z');

const parse = (cloudEvent: unknown) =>
  parseCloudEvent(cloudEvent, NOW, { classify, blockedSends: createBlockedSends() });
const eventOf = (cloudEvent: unknown): InboundEvent => {
  const result = parse(cloudEvent);
  if (result.kind !== 'event') throw new Error(`it is ${result.kind}`);
  return InboundEvent.parse(result.event);
};

describe('an event of an inbound message', () => {
  it("has the kind of Twilio's opt-out type and the time at which the message was sent", () => {
    const sid = messageSid();
    expect(eventOf(streamInbound({ messageSid: sid, optOutType: 'STOP', body: 'basta' }))).toEqual({
      version: 1,
      messageSid: sid,
      accountSid: 'AC00000000000000000000000000000001',
      kind: 'stop',
      channel: 'sms',
      phone: '+14155550101',
      ours: '+15005550006',
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
  ])('maps %s=%s to %s', (name, type, kind) => {
    expect(eventOf(streamInbound({ [name]: type }))).toMatchObject({ kind });
  });

  it('is classified by its body before version 5, and without an opt-out type', () => {
    expect(eventOf(streamInbound({ body: ' stop ' }))).toMatchObject({ kind: 'stop', keyword: 'STOP' });
    expect(eventOf(streamInbound({ body: 'START', optOutType: null }))).toMatchObject({ kind: 'start' });
    expect(parse(streamInbound({ body: 'Hello' }))).toEqual({ kind: 'not_a_keyword' });
    expect(eventOf(streamInbound({ body: 'No thanks', buttonPayload: 'STOP' }))).toMatchObject({
      kind: 'stop',
    });
    expect(parse(streamInbound({ body: null }))).toEqual({ kind: 'not_a_keyword' });
  });

  it('has our number as sender without a Messaging Service', () => {
    for (const messagingServiceSid of [undefined, null, '']) {
      const event = eventOf(streamInbound({ body: 'STOP', messagingServiceSid }));
      expect(event.sender).toBe('+15005550006');
      expect(event).not.toHaveProperty('messagingServiceSid');
    }
  });

  it('distinguishes the channels', () => {
    const channels = ['rcs:+14155550101', 'whatsapp:+14155550101'].map(
      (from) => eventOf(streamInbound({ from, body: 'STOP' })).channel,
    );
    expect(channels).toEqual(['sms', 'whatsapp']);
  });

  it.each([
    ['missing', undefined, 'the time of the envelope', ENVELOPE],
    ['malformed', 'yesterday', 'the time of the envelope', ENVELOPE],
    ['before 1970', '1969-01-01T00:00:00Z', 'the time of the envelope', ENVELOPE],
    ['in the next year', '2027-03-01T10:00:00Z', 'the time of the envelope', ENVELOPE],
    ['slightly ahead of our clock', '2026-03-01T10:00:30Z', 'itself', NOW + 30_000],
    ['finer than a millisecond', '2026-03-01T09:59:58.123456Z', 'itself', SENT + 123],
  ])('with a timestamp that is %s counts as sent at %s', (_, timestamp, _words, at) => {
    const event = { ...streamInbound({ body: 'STOP', timestamp }), time: '2026-03-01T09:59:59Z' };
    expect(eventOf(event).occurredAt).toBe(at);
  });

  it.each([undefined, 'yesterday', '2027-03-01T10:00:00Z'])(
    'counts as sent when received without a trusted timestamp, with %p as the time of the envelope',
    (time) => {
      const timestamp = 'yesterday';
      expect(eventOf({ ...streamInbound({ body: 'STOP', timestamp }), time }).occurredAt).toBe(NOW);
      expect(eventOf({ ...streamFailed({ timestamp }), time }).occurredAt).toBe(NOW);
    },
  );

  it.each([
    ['whatsapp:US.123', 'not_a_phone_number'],
    ['messenger:1', 'unknown_channel'],
  ])('is unprocessable when the keyword is from %s', (from, code) => {
    expect(parse(streamInbound({ from, body: 'STOP' }))).toMatchObject({ kind: 'unprocessable', code });
  });

  it.each([
    [{ messageSid: 'x' }, 'data.messageSid'],
    [{ from: undefined }, 'data.from'],
    [{ from: 14155550101 }, 'data.from'],
    [{ to: '', messagingServiceSid: '' }, 'data.to'],
    [{ body: ['STOP'] }, 'data.body'],
  ])('is unprocessable, with fields but no values in its message, when it has %j', (data, field) => {
    expect(parse(streamInbound(data))).toEqual({
      kind: 'unprocessable',
      code: 'message_not_understood',
      message: `Missing or not as expected: ${field}`,
    });
  });
});

describe('an event of a blocked message', () => {
  it.each(['failed', 'undelivered'] as const)(
    'is an opt-out of the recipient when it %s with 21610',
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

  it('may have the error code as text, and no sender but the service', () => {
    expect(eventOf(streamFailed({ errorCode: '21610', from: null })).sender).toBe(
      TWILIO_MESSAGING_SERVICE_SID,
    );
    expect(eventOf(streamFailed({ messagingServiceSid: null })).sender).toBe('+15005550006');
  });

  it.each([
    [30003, '30003'],
    ['30003', '30003'],
    ['21610 ', 'other'],
    [null, undefined],
    [undefined, undefined],
    [true, undefined],
  ])('is ignored with the error code %p, counted as %p', (errorCode, sendError) => {
    expect(parse(streamFailed({ errorCode }))).toEqual({ kind: 'ignored', sendError });
  });

  it('is a message to review where its code and channel say so', () => {
    const failed = streamFailed({ errorCode: 63014, to: 'whatsapp:+14155550101' });
    expect(eventOf(failed)).toMatchObject({
      kind: 'review',
      phrase: 'blocked_send_63014',
      channel: 'whatsapp',
    });
    expect(parse(streamFailed({ errorCode: 63014 }))).toEqual({ kind: 'ignored', sendError: '63014' });
  });

  it('is ignored without data', () => {
    expect(parse({ type: 'com.twilio.messaging.message.failed', data: null })).toEqual({
      kind: 'ignored',
    });
  });
});

describe('an event of a reassigned number', () => {
  const UPDATED = Date.parse('2026-03-01T09:59:57.000Z');
  const sidOf = (data: Parameters<typeof streamReassigned>[0], id = 'EZ1') =>
    eventOf({ ...streamReassigned(data), id }).messageSid;

  it('is an opt-out of the number, from our number, since Twilio opted it out', () => {
    expect(eventOf(streamReassigned())).toEqual({
      version: 1,
      messageSid: expect.stringMatching(/^RD[0-9a-f]{32}$/) as string,
      accountSid: 'AC00000000000000000000000000000001',
      kind: 'stop',
      reason: 'reassigned',
      channel: 'sms',
      phone: '+14155550101',
      sender: '+15005550006',
      source: 'event_stream',
      occurredAt: UPDATED,
      receivedAt: NOW,
    });
  });

  it('is one message for each event_id, else for each id of the envelope, else for each detection', () => {
    expect(sidOf({ event_id: 'a' }, 'EZ1')).toBe(sidOf({ event_id: 'a' }, 'EZ2'));
    expect(sidOf({ event_id: 'a' })).not.toBe(sidOf({ event_id: 'b' }));
    expect(sidOf({ event_id: undefined }, 'EZ1')).not.toBe(sidOf({ event_id: undefined }, 'EZ2'));
    const bare = { ...streamReassigned({ event_id: undefined }), id: undefined };
    const other = { ...streamReassigned({ event_id: undefined, to_number: '+14155550102' }), id: undefined };
    expect(eventOf(bare).messageSid).toBe(eventOf({ ...bare }).messageSid);
    expect(eventOf(bare).messageSid).not.toBe(eventOf(other).messageSid);
  });

  it.each([
    ['with fields in camel case', (name: string) => name.replace(/_(.)/g, (_, c: string) => c.toUpperCase())],
    ['with fields in capitals', (name: string) => name.toUpperCase()],
  ])('is the same %s', (_, rename) => {
    const event = streamReassigned({ event_id: 'a' });
    const renamed = Object.fromEntries(
      Object.entries(event.data).map(([name, value]) => [rename(name), value]),
    );
    expect(eventOf({ ...event, data: renamed })).toEqual(eventOf(event));
  });

  it.each([
    [{ is_reassigned: undefined }],
    [{ consent_operation: undefined }],
    [{ is_reassigned: 'True', consent_operation: 'OPT_OUT_CREATED' }],
    [{ timestamp: undefined, last_verified_date: undefined, event_id: undefined }],
  ])('is an opt-out too with %j', (data) => {
    expect(eventOf(streamReassigned(data))).toMatchObject({ kind: 'stop', occurredAt: UPDATED });
  });

  it.each([
    [{ is_reassigned: false }],
    [{ is_reassigned: 'false', consent_operation: undefined }],
    [{ consent_operation: 'none' }],
    [{ is_reassigned: undefined, consent_operation: 'opt-in-created' }],
  ])('says nothing with %j', (data) => {
    expect(parse(streamReassigned(data))).toEqual({ kind: 'ignored' });
  });

  it('counts from the next time that can be trusted', () => {
    expect(eventOf(streamReassigned({ consent_updated_at: undefined })).occurredAt).toBe(SENT);
    expect(eventOf(streamReassigned({ consent_updated_at: '2027-03-01T10:00:00Z' })).occurredAt).toBe(SENT);
  });

  it('takes the account from the source of the envelope where its data lack it', () => {
    expect(eventOf(streamReassigned({ account_sid: undefined })).accountSid).toBe(
      'AC00000000000000000000000000000001',
    );
  });

  it.each([
    [{ to_number: undefined }, 'data.to_number'],
    [{ from_number: '' }, 'data.from_number'],
    [{ to_number: 14155550101 }, 'data.to_number'],
    [{ is_reassigned: undefined, consent_operation: undefined }, 'data.is_reassigned'],
  ])('is unprocessable with %j', (data, field) => {
    const message = `Missing or not as expected: ${field}`;
    expect(parse(streamReassigned(data))).toMatchObject({ code: 'message_not_understood', message });
  });

  it('is unprocessable without data, without an account, and from what is no phone number', () => {
    expect(parse({ ...streamReassigned(), data: undefined })).toMatchObject({
      code: 'message_not_understood',
    });
    const nameless = { ...streamReassigned({ account_sid: undefined }), source: 'x' };
    expect(parse(nameless)).toMatchObject({ message: 'Missing or not as expected: data.account_sid' });
    expect(parse(streamReassigned({ to_number: '12345' }))).toMatchObject({
      code: 'not_a_phone_number',
      unresolved: { reason: 'reassigned', sender: '+15005550006' },
    });
  });
});

describe('any other event', () => {
  it.each([[streamTest()], [{ type: 'com.twilio.voice.x', data: { errorCode: 21610 } }], [{ type: '' }]])(
    'is ignored: %j',
    (event) => {
      expect(parse(event)).toEqual({ kind: 'ignored' });
    },
  );

  it.each([[null], [7], ['text'], [[]], [{}], [{ type: 5 }]])(
    'is unprocessable when it is not a CloudEvent: %j',
    (event) => {
      expect(parse(event)).toMatchObject({ kind: 'unprocessable', code: 'message_not_understood' });
    },
  );
});
