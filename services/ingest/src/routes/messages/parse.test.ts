import { InboundEvent, classify, type Classify } from '@optout-sync/shared/domain';
import { TWILIO_MESSAGING_SERVICE_SID, messageSid, twilioMessage } from '@optout-sync/twilio-simulator';
import type { Params } from '../../webhook/receiver';
import { parseMessage as understandBy, type ParsedMessage } from './parse';

const NOW = 1_790_000_000_000;

const understand = (params: Params, now: number, by: Classify = classify) => understandBy(params, now, by);

const eventOf = (understood: ParsedMessage): InboundEvent => {
  if (understood.kind !== 'event') throw new Error(`it is ${understood.kind}`);
  return InboundEvent.parse(understood.event);
};

describe('understand', () => {
  it('makes an event of a keyword', () => {
    const sid = messageSid();
    expect(eventOf(understand(twilioMessage({ MessageSid: sid, Body: ' Stop ' }), NOW))).toEqual({
      version: 1,
      messageSid: sid,
      accountSid: 'AC00000000000000000000000000000001',
      kind: 'stop',
      keyword: 'STOP',
      channel: 'sms',
      phone: '+14155550101',
      sender: TWILIO_MESSAGING_SERVICE_SID,
      messagingServiceSid: TWILIO_MESSAGING_SERVICE_SID,
      source: 'webhook',
      occurredAt: NOW,
      receivedAt: NOW,
    });
  });

  it.each([
    ['STOP', 'stop'],
    ['START', 'start'],
    ['HELP', 'help'],
  ])('believes OptOutType=%s over the body', (OptOutType, kind) => {
    const event = eventOf(understand(twilioMessage({ OptOutType, Body: 'arrêt' }), NOW));
    expect(event).toMatchObject({ kind });
    expect(event).not.toHaveProperty('keyword');
  });

  it.each([{ MessagingServiceSid: '' }, { MessagingServiceSid: undefined }])(
    'takes our number for the sender without a Messaging Service: %p',
    (service) => {
      const event = eventOf(understand(twilioMessage({ ...service, Body: 'START' }), NOW));
      expect(event.sender).toBe('+15005550006');
      expect(event).not.toHaveProperty('messagingServiceSid');
    },
  );

  it('keeps the channels apart', () => {
    const from = (From: string) => eventOf(understand(twilioMessage({ From, Body: 'STOP' }), NOW)).channel;
    expect([from('+14155550101'), from('rcs:+14155550101'), from('whatsapp:+14155550101')]).toEqual([
      'sms',
      'sms',
      'whatsapp',
    ]);
  });

  it.each(['Hello', '', "Stop, that's so funny"])('makes nothing of %p', (Body) => {
    const sid = messageSid();
    expect(understand(twilioMessage({ Body, MessageSid: sid }), NOW)).toEqual({
      kind: 'not_a_keyword',
      messageSid: sid,
    });
  });

  it('makes nothing of an ordinary message from an odd address', () => {
    for (const From of ['', '55555', 'whatsapp:US.123', 'messenger:123']) {
      expect(understand(twilioMessage({ From }), NOW).kind).toBe('not_a_keyword');
    }
  });

  it.each([
    ['whatsapp:US.123', 'not_a_phone_number'],
    ['55555', 'not_a_phone_number'],
    ['', 'not_a_phone_number'],
    ['messenger:4155550101', 'unknown_channel'],
  ])('sets a keyword from %p aside as %s', (From, code) => {
    expect(understand(twilioMessage({ From, Body: 'STOP' }), NOW)).toMatchObject({
      kind: 'unprocessable',
      code,
    });
  });

  it('sets aside what has not the shape of a message, naming fields and no values', () => {
    const params = {
      ...twilioMessage({ MessageSid: 'odd', To: undefined }),
      From: ['+14155550101', '+14155550102'],
    };
    expect(understand(params, NOW)).toEqual({
      kind: 'unprocessable',
      code: 'message_not_understood',
      message: 'Missing or not as expected: MessageSid, From',
    });
  });

  it('sets aside a message without any sender', () => {
    expect(understand(twilioMessage({ To: '', MessagingServiceSid: '' }), NOW)).toMatchObject({
      kind: 'unprocessable',
      message: 'Missing or not as expected: To',
    });
  });
});
