import { DEFAULT_KEYWORDS, createClassifier, supersedes } from '@optout-sync/shared/domain';
import { loggedBlocked, loggedInbound, type LoggedMessage as Logged } from '@optout-sync/twilio-simulator';
import { LoggedMessage, understand } from './logged-message';

const AT = new Date('2026-02-25T09:59:58Z');
const NOW = AT.getTime() + 3_600_000;
const classify = createClassifier({ ...DEFAULT_KEYWORDS, wording: 'flag' });
const read = (logged: Logged) => understand(LoggedMessage.parse(logged), NOW, classify);
const eventOf = (logged: Logged) => {
  const understood = read(logged);
  if (understood.kind !== 'event') throw new Error(`it is ${understood.kind}`);
  return understood.event;
};

describe('an inbound message of the log', () => {
  it.each([
    ['Stop', { kind: 'stop', keyword: 'stop' }],
    ['START', { kind: 'start', keyword: 'start' }],
    ['please take me off your list', { kind: 'review' }],
  ])('that says %j is an event of the time it was sent', (body, meaning) => {
    const logged = loggedInbound(AT, { body, from: 'whatsapp:+14155550123', date_updated: null });
    const { keyword, ...event } = eventOf(logged);
    expect({ ...event, keyword: keyword?.toLowerCase() }).toMatchObject({
      ...meaning,
      version: 1,
      messageSid: logged.sid,
      accountSid: logged.account_sid,
      channel: 'whatsapp',
      phone: '+14155550123',
      sender: logged.messaging_service_sid,
      source: 'backfill',
      occurredAt: AT.getTime(),
      receivedAt: NOW,
    });
    expect(event).not.toHaveProperty('orderAt');
  });

  it('without a service is for the number it was sent to', () => {
    const logged = loggedInbound(AT, { body: 'STOP', messaging_service_sid: null });
    expect(eventOf(logged).sender).toBe('+15005550006');
  });

  it('never was sent after now', () => {
    expect(eventOf(loggedInbound(new Date(NOW + 60_000), { body: 'STOP' })).occurredAt).toBe(NOW);
  });

  it.each(['Hello', '', 'HELP'])('that says %j is of no concern', (body) => {
    expect(read(loggedInbound(AT, { body })).kind).toBe('other');
  });

  it('from what is no phone number is told apart', () => {
    expect(read(loggedInbound(AT, { body: 'STOP', from: 'whatsapp:US.123' })).kind).toBe('unprocessable');
  });
});

describe('an outbound message of the log', () => {
  it('that was blocked is an opt-out of whom it was for, certain since it was made', () => {
    const updated = new Date(AT.getTime() + 5_000);
    const logged = loggedBlocked(AT, { date_sent: null, date_updated: updated.toUTCString(), body: 'START' });
    expect(eventOf(logged)).toMatchObject({
      kind: 'stop',
      phone: '+14155550101',
      sender: logged.messaging_service_sid,
      orderAt: AT.getTime(),
      occurredAt: updated.getTime(),
    });
  });

  it('loses to a START that came after it was made, and counts as a blocked send within its second', () => {
    const { orderAt = NaN, occurredAt, ...event } = eventOf(loggedBlocked(AT));
    expect(occurredAt).toBeGreaterThan(orderAt);
    const stopped = { ...event, state: 'stopped' as const, orderAt, occurredAt };
    const started = {
      ...stopped,
      state: 'started' as const,
      orderAt: orderAt + 1_000,
      occurredAt: orderAt + 1_000,
    };
    expect(supersedes(stopped, started)).toBe(false);
    expect(supersedes(stopped, { ...started, orderAt: orderAt - 1_000, occurredAt: orderAt - 1_000 })).toBe(
      true,
    );
  });

  it.each([null, 30003, '30003'])('with the error %j is of no concern', (error_code) => {
    expect(read(loggedBlocked(AT, { error_code, body: 'STOP' })).kind).toBe('other');
  });
});
