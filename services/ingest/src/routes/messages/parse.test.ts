import { DEFAULT_KEYWORDS, InboundEvent, classify, createClassifier } from '@optout-sync/shared/domain';
import { TWILIO_MESSAGING_SERVICE_SID, messageSid, twilioMessage } from '@optout-sync/twilio-simulator';
import type { Params } from '../../webhook/request';
import { parseMessage, type ParsedMessage } from './parse';

const NOW = 1_790_000_000_000;

const parse = (params: Params) => parseMessage(params, NOW, classify);

const eventOf = (parsed: ParsedMessage): InboundEvent => {
  if (parsed.kind !== 'event') throw new Error(`it is ${parsed.kind}`);
  return InboundEvent.parse(parsed.event);
};

describe('parseMessage', () => {
  it('returns an inbound event for a keyword', () => {
    const sid = messageSid();
    expect(eventOf(parse(twilioMessage({ MessageSid: sid, Body: ' Stop ' })))).toEqual({
      version: 1,
      messageSid: sid,
      accountSid: 'AC00000000000000000000000000000001',
      kind: 'stop',
      keyword: 'STOP',
      channel: 'sms',
      phone: '+14155550101',
      ours: '+15005550006',
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
  ])('prefers OptOutType=%s to the body', (OptOutType, kind) => {
    const event = eventOf(parse(twilioMessage({ OptOutType, Body: 'arrêt' })));
    expect(event).toMatchObject({ kind });
    expect(event).not.toHaveProperty('keyword');
  });

  it.each([{ MessagingServiceSid: '' }, { MessagingServiceSid: undefined }])(
    'has our number as sender without a Messaging Service: %p',
    (service) => {
      const event = eventOf(parse(twilioMessage({ ...service, Body: 'START' })));
      expect(event.sender).toBe('+15005550006');
      expect(event).not.toHaveProperty('messagingServiceSid');
    },
  );

  it('finds the keyword in the payload of a button', () => {
    const event = eventOf(parse(twilioMessage({ Body: 'No thanks', ButtonPayload: 'STOP' })));
    expect(event).toMatchObject({ kind: 'stop', keyword: 'STOP' });
  });

  it('classifies a message to a short code by the country that Twilio names', () => {
    const classifyHere = createClassifier({ ...DEFAULT_KEYWORDS, countries: { FR: { stop: ['ARRET'] } } });
    const kindIn = (ToCountry: string) =>
      parseMessage(twilioMessage({ To: '36111', ToCountry, Body: 'arrêt' }), NOW, classifyHere).kind;
    expect([kindIn('FR'), kindIn('US')]).toEqual(['event', 'not_a_keyword']);
  });

  it('distinguishes the channels', () => {
    const from = (From: string) => eventOf(parse(twilioMessage({ From, Body: 'STOP' }))).channel;
    expect([from('+14155550101'), from('rcs:+14155550101'), from('whatsapp:+14155550101')]).toEqual([
      'sms',
      'sms',
      'whatsapp',
    ]);
  });

  it.each(['Hello', '', "Stop, that's so funny"])('returns no event for %p', (Body) => {
    const sid = messageSid();
    expect(parse(twilioMessage({ Body, MessageSid: sid }))).toEqual({
      kind: 'not_a_keyword',
      messageSid: sid,
    });
  });

  it('returns no event for an ordinary message from an unsupported address', () => {
    for (const From of ['', '55555', 'whatsapp:US.123', 'messenger:123']) {
      expect(parse(twilioMessage({ From })).kind).toBe('not_a_keyword');
    }
  });

  it.each([
    ['whatsapp:US.123', 'not_a_phone_number'],
    ['55555', 'not_a_phone_number'],
    ['', 'not_a_phone_number'],
    ['messenger:4155550101', 'unknown_channel'],
  ])('cannot process a keyword from %p: %s', (From, code) => {
    expect(parse(twilioMessage({ From, Body: 'STOP' }))).toMatchObject({ kind: 'unprocessable', code });
  });

  it.each([{ From: 'whatsapp:US.123' }, { From: '', ExternalUserId: 'US.123' }])(
    'hands what is known of a keyword from a WhatsApp user without a phone number to an operator: %j',
    (from) => {
      const sid = messageSid();
      const To = 'whatsapp:+15005550006';
      const params = twilioMessage({
        ...from,
        To,
        Body: 'STOP',
        MessageSid: sid,
        MessagingServiceSid: undefined,
      });
      expect(parse(params)).toMatchObject({
        code: 'not_a_phone_number',
        unresolved: {
          messageSid: sid,
          kind: 'stop',
          keyword: 'STOP',
          channel: 'whatsapp',
          sender: To,
          source: 'webhook',
        },
      });
    },
  );

  it.each([
    [' 14155550101', 'sms'],
    ['whatsapp: 14155550101', 'whatsapp'],
  ])('takes a number whose plus became a space: %p', (From, channel) => {
    expect(parse(twilioMessage({ From, Body: 'STOP' }))).toMatchObject({
      event: { phone: '+14155550101', channel },
    });
  });

  it('has the canonical spelling of the number', () => {
    const params = twilioMessage({ From: 'whatsapp:+5215512345678', Body: 'STOP' });
    expect(parse(params)).toMatchObject({ event: { phone: '+525512345678', channel: 'whatsapp' } });
  });

  it('cannot process a message of another shape, and names fields but no values', () => {
    const params = {
      ...twilioMessage({ MessageSid: 'odd', To: undefined }),
      From: ['+14155550101', '+14155550102'],
    };
    expect(parse(params)).toEqual({
      kind: 'unprocessable',
      code: 'message_not_understood',
      message: 'Missing or not as expected: MessageSid, From',
    });
  });

  it('cannot process a message without a sender', () => {
    expect(parse(twilioMessage({ To: '', MessagingServiceSid: '' }))).toMatchObject({
      kind: 'unprocessable',
      message: 'Missing or not as expected: To',
    });
  });
});
