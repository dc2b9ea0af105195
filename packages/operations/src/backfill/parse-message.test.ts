import {
  DEFAULT_KEYWORDS,
  createBlockedSends,
  createClassifier,
  decidingMessage,
  orderTimes,
} from '@optout-sync/shared/domain';
import { loggedBlocked, loggedInbound, type LoggedMessage as Logged } from '@optout-sync/twilio-simulator';
import { LoggedMessage } from '@optout-sync/twilio-api';
import { parseLoggedMessage } from './parse-message';

const AT = new Date('2026-02-25T09:59:58Z');
const NOW = AT.getTime() + 3_600_000;
const classify = createClassifier({ ...DEFAULT_KEYWORDS, wording: 'flag' });
const read = (logged: Logged) =>
  parseLoggedMessage(LoggedMessage.parse(logged), NOW, { classify, blockedSends: createBlockedSends() });
const eventOf = (logged: Logged) => {
  const message = read(logged);
  if (message.kind !== 'event') throw new Error(`expected an event, got ${message.kind}`);
  return message.event;
};

describe('parseLoggedMessage, of an inbound message', () => {
  it.each([
    ['Stop', { kind: 'stop', keyword: 'stop' }],
    ['START', { kind: 'start', keyword: 'start' }],
    ['please take me off your list', { kind: 'review' }],
  ])('returns an event at the time it was sent for the body %j', (body, meaning) => {
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

  it('takes the number it was sent to as the sender when there is no Messaging Service', () => {
    const logged = loggedInbound(AT, { body: 'STOP', messaging_service_sid: null });
    expect(eventOf(logged).sender).toBe('+15005550006');
  });

  it('limits the time it was sent to the present', () => {
    expect(eventOf(loggedInbound(new Date(NOW + 60_000), { body: 'STOP' })).occurredAt).toBe(NOW);
  });

  it.each(['Hello', '', 'HELP'])('ignores the body %j', (body) => {
    expect(read(loggedInbound(AT, { body })).kind).toBe('other');
  });

  it('returns a keyword from an address that is not a phone number as unprocessable', () => {
    expect(read(loggedInbound(AT, { body: 'STOP', from: 'whatsapp:US.123' })).kind).toBe('unprocessable');
  });
});

describe('parseLoggedMessage, of an outbound message', () => {
  it('returns an opt-out of the recipient for a blocked send, ordered by the time it was created', () => {
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

  it('is superseded by a START after its creation, and counts as a blocked send within its second', () => {
    const event = eventOf(loggedBlocked(AT));
    const { orderAt, occurredAt } = orderTimes(event);
    expect(occurredAt).toBeGreaterThan(orderAt);
    const { source, messageSid } = event;
    const stopped = { state: 'stopped' as const, orderAt, occurredAt, source, messageSid };
    const started = (at: number) => ({ ...stopped, state: 'started' as const, orderAt: at, occurredAt: at });
    expect(decidingMessage([stopped, started(orderAt + 1)])?.state).toBe('started');
    expect(decidingMessage([stopped, started(AT.getTime())])?.state).toBe('stopped');
  });

  it('is a message to review for an error code that is to be reviewed', () => {
    const logged = loggedBlocked(AT, { error_code: 63014, to: 'whatsapp:+14155550101' });
    expect(eventOf(logged)).toMatchObject({
      kind: 'review',
      phrase: 'blocked_send_63014',
      channel: 'whatsapp',
    });
  });

  it.each([null, 30003, '30003', 63014])('ignores the error code %j', (error_code) => {
    expect(read(loggedBlocked(AT, { error_code, body: 'STOP' })).kind).toBe('other');
  });
});
