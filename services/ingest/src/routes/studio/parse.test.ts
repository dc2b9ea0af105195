import { InboundEvent, classify } from '@optout-sync/shared/domain';
import { TWILIO_ACCOUNT_SID, messageSid } from '@optout-sync/twilio-simulator';
import { parseStudioCall } from './parse';

const NOW = 1_790_000_000_000;
const FROM = '+14155550101';
const TO = '+15005550006';

const understood = (params: Record<string, unknown>, now = NOW) =>
  parseStudioCall({ params, accountSid: TWILIO_ACCOUNT_SID }, now, classify);
const eventOf = (params: Record<string, unknown>, now = NOW): InboundEvent => {
  const result = understood(params, now);
  if (result.kind !== 'event') throw new Error(`it is ${result.kind}`);
  return InboundEvent.parse(result.event);
};

describe('a call from Studio', () => {
  it('is what its kind says, whatever the body', () => {
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

  it('is judged by its body, or by Advanced Opt-Out, without one', () => {
    expect(eventOf({ from: FROM, to: TO, body: 'Stop' })).toMatchObject({ kind: 'stop', keyword: 'STOP' });
    expect(eventOf({ from: FROM, to: TO, body: 'basta', optOutType: 'STOP' })).toMatchObject({
      kind: 'stop',
    });
    expect(understood({ from: FROM, body: 'Hello' })).toEqual({ kind: 'not_a_keyword' });
    expect(understood({ from: FROM, body: '' })).toEqual({ kind: 'not_a_keyword' });
  });

  it('takes a variable that Studio left empty for one that is not there', () => {
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

  it('is of the Messaging Service, else of the number, else of Studio itself', () => {
    const senderOf = (params: object) => eventOf({ from: FROM, kind: 'stop', ...params }).sender;
    expect([senderOf({ to: TO, messagingServiceSid: 'MG1' }), senderOf({ to: TO }), senderOf({})]).toEqual([
      'MG1',
      TO,
      'studio',
    ]);
  });

  it.each([
    [{}, 'from'],
    [{ from: FROM }, 'kind'],
    [{ from: ' ', kind: 'stop' }, 'from'],
    [{ from: [FROM, FROM], kind: 'stop' }, 'from'],
    [{ from: FROM, kind: 'pause' }, 'kind'],
    [{ from: FROM, kind: 'stop', messageSid: 'execution-1' }, 'messageSid'],
    [{ from: FROM, body: { $ne: 1 } }, 'body'],
  ])('is refused when nothing can be made of %j', (params, wrong) => {
    expect(() => understood(params)).toThrow(
      expect.objectContaining({ code: 'invalid_parameters', about: { wrong } }) as Error,
    );
  });

  it('is set aside when the address is no phone number', () => {
    expect(understood({ from: 'client:bob', kind: 'stop' })).toMatchObject({
      kind: 'unprocessable',
      said: 'stop',
    });
  });

  describe('without a MessageSid', () => {
    const sidOf = (changes: object, now = NOW) =>
      eventOf({ from: FROM, to: TO, kind: 'stop', ...changes }, now).messageSid;

    it('is the same word with the same id, whenever', () => {
      expect(sidOf({ id: 'a' }, NOW)).toBe(sidOf({ id: 'a' }, NOW + 86_400_000));
      expect(sidOf({ id: 'a' })).not.toBe(sidOf({ id: 'b' }));
    });

    it('is the same word when repeated at once, and another one later', () => {
      expect(sidOf({}, NOW)).toBe(sidOf({}, NOW + 9_999));
      expect(sidOf({}, NOW)).not.toBe(sidOf({}, NOW + 10_000));
    });

    it('is another word from another person, to another sender, of another kind', () => {
      const sids = [{}, { from: '+14155550102' }, { to: '+15005550007' }, { kind: 'start' }].map((changes) =>
        sidOf({ id: 'a', ...changes }),
      );
      expect(new Set(sids).size).toBe(4);
    });

    it("is never taken for one of Twilio's", () => {
      expect(sidOf({})).toMatch(/^OS[0-9a-f]{32}$/);
    });
  });
});
