import { createBlockedSends, createClassifier, DEFAULT_KEYWORDS } from '@optout-sync/shared/domain';
import { loggedBlocked, loggedInbound, type LoggedMessage } from '@optout-sync/twilio-simulator';
import { LogFold } from './fold-log';

const AT = Date.parse('2026-02-25T10:00:00Z');
const HOUR = 3_600_000;
const OTHER_BRAND = `MG${'b'.repeat(32)}`;
const PERSON = '+14155550123';

const fold = () =>
  new LogFold(
    {
      classify: createClassifier({ ...DEFAULT_KEYWORDS, wording: 'flag' }),
      blockedSends: createBlockedSends(),
      policy: 'any',
      isOfWorkspace: (sender) => sender !== OTHER_BRAND,
    },
    AT + 24 * HOUR,
  );
const inbound = (body: string, hours: number, more: LoggedMessage = {}) =>
  loggedInbound(new Date(AT + hours * HOUR), { body, from: PERSON, ...more });
const sent = (hours: number, more: LoggedMessage = {}) =>
  inbound('Sale!', hours, {
    direction: 'outbound-api',
    from: '+15005550006',
    to: PERSON,
    status: 'delivered',
    ...more,
  });

describe('LogFold', () => {
  it('leaves out senders whose people are in another workspace, in both directions', () => {
    const log = fold();
    const other = { messaging_service_sid: OTHER_BRAND };
    log.add([inbound('STOP', 0, other), sent(1, other)]);
    log.endPart();
    expect(log.numbers).toEqual([]);
    expect(log.counts).toMatchObject({ messages: 2, inbound: 1, optOuts: 0 });
  });

  it('folds a part of the log by the times of its messages, whatever their order', () => {
    const messages = [sent(3), inbound('STOP', 2), sent(1), inbound('start', 0)];
    for (const order of [messages, messages.toReversed()]) {
      const log = fold();
      log.add(order);
      log.endPart();
      expect(log.numbers).toMatchObject([
        { phone: PERSON, state: 'stopped', textedAfter: 1, since: AT + 2 * HOUR },
      ]);
    }
  });

  it('counts a message once that is listed again in the next page', () => {
    const log = fold();
    const stop = inbound('STOP', 0);
    log.add([stop]);
    log.add([stop, inbound('Hello', 0)]);
    expect(log.counts).toMatchObject({ messages: 2, inbound: 2, optOuts: 1 });
  });

  it('counts what was sent in later parts of the log, but not what never left', () => {
    const log = fold();
    log.add([inbound('STOP', 0)]);
    log.endPart();
    log.add([
      sent(2),
      sent(3, { status: 'failed', error_code: 30006 }),
      sent(4, { status: 'scheduled' }),
      loggedBlocked(new Date(AT + 5 * HOUR), { to: PERSON }),
      sent(6, { to: 'whatsapp:US.1' }),
    ]);
    log.endPart();
    expect(log.numbers).toMatchObject([{ textedAfter: 1, blockedAfter: 1 }]);
    expect(log.counts).toMatchObject({ blockedSends: 1, messages: 6 });
  });

  it('finds wording that no keyword list has, and keeps it apart from keywords', () => {
    const log = fold();
    log.add([
      inbound('please stop texting me', 0),
      inbound('when does the class start?', 1, { from: '+14155550124' }),
    ]);
    log.endPart();
    expect(log.counts).toMatchObject({ ownWords: 1, optOuts: 0 });
    expect(log.numbers).toMatchObject([
      { phone: PERSON, state: 'none', ownWords: { at: AT, text: 'please stop texting me' } },
    ]);
  });

  it('counts what it does not understand, and goes on', () => {
    const log = fold();
    log.add([{ sid: 'SM1' }, null, inbound('STOP', 0, { from: 'whatsapp:US.1' }), inbound('STOP', 0)]);
    log.endPart();
    expect(log.counts).toMatchObject({ messages: 4, notUnderstood: 3, optOuts: 1 });
    expect(log.numbers).toHaveLength(1);
  });
});
