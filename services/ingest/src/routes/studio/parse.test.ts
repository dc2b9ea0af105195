import { InboundEvent, classify } from '@optout-sync/shared/domain';
import { TWILIO_ACCOUNT_SID, messageSid } from '@optout-sync/twilio-simulator';
import { parseStudioCall } from './parse';

const NOW = 1_790_000_000_000;
const FROM = '+14155550101';
const TO = '+15005550006';

const parse = (params: Record<string, unknown>, now = NOW) =>
  parseStudioCall({ params, accountSid: TWILIO_ACCOUNT_SID }, now, classify);
const eventOf = (params: Record<string, unknown>, now = NOW): InboundEvent => {
  const result = parse(params, now);
  if (result.kind !== 'event') throw new Error(`it is ${result.kind}`);
  return InboundEvent.parse(result.event);
};

describe('a call from Studio', () => {
  it('has the kind that it names, whatever the body', () => {
    const sid = messageSid();
    const params = { from: FROM, to: TO, messageSid: sid, kind: 'stop', body: 'START' };
    expect(eventOf(params)).toEqual({
      version: 1,
      messageSid: sid,
      accountSid: TWILIO_ACCOUNT_SID,
      kind: 'stop',
      channel: 'sms',
      phone: FROM,
      sender: TO,
      source: 'studio',
      occurredAt: NOW,
      receivedAt: NOW,
    });
  });

  it('is classified by its body or by Advanced Opt-Out without a kind', () => {
    expect(eventOf({ from: FROM, to: TO, body: 'Stop' })).toMatchObject({ kind: 'stop', keyword: 'STOP' });
    expect(eventOf({ from: FROM, to: TO, body: 'basta', optOutType: 'STOP' })).toMatchObject({
      kind: 'stop',
    });
    expect(parse({ from: FROM, body: 'Hello' })).toEqual({ kind: 'not_a_keyword' });
    expect(parse({ from: FROM, body: '' })).toEqual({ kind: 'not_a_keyword' });
  });

  it('treats a variable that Studio leaves empty as missing', () => {
    const params = {
      from: FROM,
      to: '',
      messagingServiceSid: '',
      kind: '',
      messageSid: ' ',
      id: '',
      body: 'STOP',
    };
    expect(eventOf(params)).toMatchObject({ kind: 'stop', sender: 'studio' });
  });

  it('has as sender the Messaging Service, else the number, else Studio itself', () => {
    const senderOf = (params: object) => eventOf({ from: FROM, kind: 'stop', ...params }).sender;
    expect([senderOf({ to: TO, messagingServiceSid: 'MG1' }), senderOf({ to: TO }), senderOf({})]).toEqual([
      'MG1',
      TO,
      'studio',
    ]);
  });

  it('takes numbers whose plus became a space in a query that is not encoded', () => {
    const params = { from: ' 14155550101', to: ' 15005550006', kind: 'stop' };
    expect(eventOf(params)).toMatchObject({ phone: FROM, sender: TO });
    expect(eventOf({ ...params, from: 'whatsapp: 14155550101' })).toMatchObject({
      phone: FROM,
      channel: 'whatsapp',
    });
  });

  it.each([
    [{}, 'from'],
    [{ from: FROM }, 'kind'],
    [{ from: ' ', kind: 'stop' }, 'from'],
    [{ from: [FROM, FROM], kind: 'stop' }, 'from'],
    [{ from: FROM, kind: 'pause' }, 'kind'],
    [{ from: FROM, kind: 'stop', messageSid: 'execution-1' }, 'messageSid'],
    [{ from: FROM, body: { $ne: 1 } }, 'body'],
  ])('is refused with the parameters %j', (params, wrong) => {
    expect(() => parse(params)).toThrow(
      expect.objectContaining({ code: 'invalid_parameters', logFields: { wrong } }) as Error,
    );
  });

  it('is unprocessable when the address is not a phone number', () => {
    expect(parse({ from: 'client:bob', kind: 'stop' })).toMatchObject({
      kind: 'unprocessable',
      eventKind: 'stop',
    });
  });

  describe('without a MessageSid', () => {
    const sidOf = (changes: object, now = NOW) =>
      eventOf({ from: FROM, to: TO, kind: 'stop', ...changes }, now).messageSid;

    it('is the same message with the same id at any time', () => {
      expect(sidOf({ id: 'a' }, NOW)).toBe(sidOf({ id: 'a' }, NOW + 86_400_000));
      expect(sidOf({ id: 'a' })).not.toBe(sidOf({ id: 'b' }));
    });

    it('is the same message when repeated within ten seconds, and another one later', () => {
      expect(sidOf({}, NOW)).toBe(sidOf({}, NOW + 9_999));
      expect(sidOf({}, NOW)).not.toBe(sidOf({}, NOW + 10_000));
    });

    it('is another message with another person, sender or kind', () => {
      const sids = [{}, { from: '+14155550102' }, { to: '+15005550007' }, { kind: 'start' }].map((changes) =>
        sidOf({ id: 'a', ...changes }),
      );
      expect(new Set(sids).size).toBe(4);
    });

    it("has a SID that is distinct from Twilio's", () => {
      expect(sidOf({})).toMatch(/^OS[0-9a-f]{32}$/);
    });
  });
});
