import { InboundEvent, SEND_UNCERTAINTY_MS } from '@optout-sync/shared/domain';
import { TWILIO_MESSAGING_SERVICE_SID, blockedCallback } from '@optout-sync/twilio-simulator';
import { parseStatus } from './parse';

const NOW = 1_790_000_000_000;

const eventOf = (params: Record<string, string>): InboundEvent => {
  const parsed = parseStatus(params, 'apply', NOW);
  if (parsed.kind !== 'event') throw new Error(`it is ${parsed.kind}`);
  return InboundEvent.parse(parsed.event);
};

describe('a callback of a blocked message', () => {
  it('is an opt-out of the recipient, ordered at the earliest possible time of the send', () => {
    const params = blockedCallback();
    expect(eventOf(params)).toEqual({
      version: 1,
      messageSid: params.MessageSid,
      accountSid: params.AccountSid,
      kind: 'stop',
      channel: 'sms',
      phone: '+14155550101',
      ours: '+15005550006',
      sender: TWILIO_MESSAGING_SERVICE_SID,
      messagingServiceSid: TWILIO_MESSAGING_SERVICE_SID,
      source: 'status_callback',
      occurredAt: NOW,
      orderAt: NOW - SEND_UNCERTAINTY_MS,
      receivedAt: NOW,
    });
  });

  it('has our number as sender without a Messaging Service', () => {
    expect(eventOf(blockedCallback({ MessagingServiceSid: undefined })).sender).toBe('+15005550006');
    expect(eventOf(blockedCallback({ From: undefined })).sender).toBe(TWILIO_MESSAGING_SERVICE_SID);
  });

  it('has the channel of the address', () => {
    const params = blockedCallback({ To: 'whatsapp:+14155550101', From: 'whatsapp:+15005550006' });
    expect(eventOf(params)).toMatchObject({ channel: 'whatsapp', phone: '+14155550101' });
  });

  it('is a message to review where its code is, with the code and without an opt-out', () => {
    const params = blockedCallback({ To: 'whatsapp:+14155550101', ErrorCode: '63014' });
    const parsed = parseStatus(params, 'review', NOW);
    expect(parsed).toMatchObject({
      kind: 'event',
      event: { kind: 'review', phrase: 'blocked_send_63014', source: 'status_callback' },
    });
  });

  it.each([
    [{ To: '55555' }, 'not_a_phone_number'],
    [{ To: 'messenger:1' }, 'unknown_channel'],
    [{ To: undefined }, 'message_not_understood'],
    [{ MessageSid: 'odd' }, 'message_not_understood'],
    [{ From: '', MessagingServiceSid: '' }, 'message_not_understood'],
  ])('is unprocessable with %j: %s', (changes, code) => {
    expect(parseStatus(blockedCallback(changes), 'apply', NOW)).toMatchObject({
      kind: 'unprocessable',
      code,
    });
  });
});
