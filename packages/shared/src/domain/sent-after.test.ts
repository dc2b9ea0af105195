import fc from 'fast-check';
import {
  CLOCK_TOLERANCE_MS,
  CONFIRMATION_MS,
  SENT_AFTER,
  hasLeft,
  relateToOptOuts,
  type PersonMessage,
  type SentMessage,
} from './sent-after';
import { MessageSid } from './twilio-ids';

const AT = Date.parse('2026-02-25T10:00:00Z');
const [MG, OTHER, NUMBER] = ['MG1', 'MG2', '+15005550006'];
const MINUTE = 60_000;

let count = 0;
function said(kind: PersonMessage['kind'], at: number, given: Partial<PersonMessage> = {}): PersonMessage {
  count += 1;
  const messageSid = MessageSid.parse(`SM${count.toString(16).padStart(32, '0')}`);
  return { messageSid, kind, sender: MG, source: 'webhook', orderAt: at, occurredAt: at, ...given };
}
const message = (given: Partial<SentMessage> = {}): SentMessage => ({
  messageSid: `SM${'f'.repeat(32)}`,
  messagingServiceSid: MG,
  from: NUMBER,
  sentAt: AT,
  status: 'delivered',
  isBlocked: false,
  ...given,
});
const RULES = { policy: 'any', numbersOf: () => [] } as const;
const relate = (
  one: SentMessage,
  all: readonly PersonMessage[],
  rules: Partial<Parameters<typeof relateToOptOuts>[2]> = {},
) => relateToOptOuts(one, all, { ...RULES, ...rules }).relation;

const LONG_AGO = AT - 10 * MINUTE;

describe('relateToOptOuts', () => {
  it('finds a message from the sender that the person opted out of, and the opt-out', () => {
    const stop = said('stop', LONG_AGO);
    const found = relateToOptOuts(message(), [stop], RULES);
    expect(found).toMatchObject({ relation: 'same_sender', optOut: { messageSid: stop.messageSid } });
  });

  it.each([
    [
      'the number of the message',
      message({ messagingServiceSid: '' }),
      said('stop', LONG_AGO, { sender: NUMBER }),
    ],
    ['its number, now in a service', message(), said('stop', LONG_AGO, { sender: NUMBER })],
  ])('compares the sender with %s', (_, one, stop) => {
    expect(relate(one, [stop])).toBe('same_sender');
  });

  it('takes a message from a configured number of the service for one of the service', () => {
    const direct = message({ messagingServiceSid: '' });
    expect(relate(direct, [said('stop', LONG_AGO)], { numbersOf: () => [NUMBER] })).toBe('same_sender');
    expect(relate(direct, [said('stop', LONG_AGO)])).toBe('other_sender');
  });

  it('allows what was sent after an opt-in', () => {
    expect(relate(message(), [said('stop', LONG_AGO), said('start', AT - MINUTE)])).toBe('allowed');
    expect(relate(message(), [said('stop', LONG_AGO), said('start', AT + MINUTE)])).toBe('same_sender');
  });

  it('allows what may have been sent before the opt-out, or after the opt-in, by another clock', () => {
    const before = said('stop', AT - CLOCK_TOLERANCE_MS + 1);
    expect(relate(message(), [before])).toBe('allowed');
    const after = said('start', AT + CLOCK_TOLERANCE_MS);
    expect(relate(message(), [said('stop', LONG_AGO), after])).toBe('allowed');
  });

  it('takes what was sent within five minutes for what may be the confirmation', () => {
    expect(relate(message(), [said('stop', AT - MINUTE)])).toBe('confirmation');
    expect(relate(message(), [said('stop', AT - CONFIRMATION_MS)])).toBe('confirmation');
    expect(relate(message(), [said('stop', AT - CONFIRMATION_MS - 1)])).toBe('same_sender');
  });

  it('confirms nothing from another sender', () => {
    expect(relate(message(), [said('stop', AT - MINUTE, { sender: OTHER })])).toBe('other_sender');
  });

  it('allows the answer to a HELP', () => {
    expect(relate(message(), [said('stop', LONG_AGO), said('help', AT - 1_000)])).toBe('allowed');
    expect(relate(message(), [said('stop', LONG_AGO), said('help', AT - 2 * MINUTE)])).toBe('same_sender');
    const elsewhere = said('help', AT - 1_000, { sender: OTHER });
    expect(relate(message(), [said('stop', LONG_AGO), elsewhere])).toBe('same_sender');
  });

  it('reads an opt-out from another sender by the consent policy', () => {
    const all = [said('stop', LONG_AGO, { sender: OTHER }), said('start', LONG_AGO + 1, { sender: 'MG3' })];
    expect(relate(message(), all)).toBe('other_sender');
    expect(relate(message(), all, { policy: 'last' })).toBe('allowed');
    expect(relate(message(), all.slice(0, 1), { policy: 'last' })).toBe('other_sender');
  });

  it('allows what somebody opted in to after an opt-out from another sender', () => {
    const stop = said('stop', LONG_AGO, { sender: OTHER });
    expect(relate(message(), [stop, said('start', LONG_AGO + MINUTE)])).toBe('allowed');
    expect(relate(message(), [stop, said('start', LONG_AGO - MINUTE)])).toBe('other_sender');
  });

  it('keeps blocked messages apart, whatever is known of the person', () => {
    const blocked = message({ isBlocked: true, status: 'failed' });
    expect(relate(blocked, [])).toBe('blocked');
    expect(relate(blocked, [said('stop', LONG_AGO)])).toBe('blocked');
  });

  it.each(['queued', 'accepted', 'scheduled', 'canceled', 'failed', 'undelivered'])(
    'allows a message that is %s: it reached nobody',
    (status) => {
      expect(relate(message({ status }), [said('stop', LONG_AGO)])).toBe('allowed');
      expect(hasLeft(message({ status }))).toBe(false);
    },
  );
});

describe('relateToOptOuts, of any person and message', () => {
  const person = fc.array(
    fc
      .record({
        kind: fc.constantFrom('stop' as const, 'start' as const, 'review' as const),
        at: fc.integer({ min: -900, max: 900 }),
        sender: fc.constantFrom(MG, OTHER, NUMBER),
      })
      .map(({ kind, at, sender }) => said(kind, AT + at * 1_000, { sender })),
    { maxLength: 8 },
  );
  const policy = fc.constantFrom('any' as const, 'last' as const);

  it('depends on the set of messages alone', () => {
    fc.assert(
      fc.property(person, policy, (all, given) => {
        const rules = { ...RULES, policy: given };
        expect(relateToOptOuts(message(), all.toReversed(), rules)).toEqual(
          relateToOptOuts(message(), all, rules),
        );
      }),
    );
  });

  it('is never after an opt-out that came later, or of somebody who never opted out', () => {
    fc.assert(
      fc.property(person, policy, (all, given) => {
        const { relation, optOut } = relateToOptOuts(message(), all, { ...RULES, policy: given });
        expect(optOut === undefined).toBe(relation === 'allowed');
        if (optOut) expect(optOut.occurredAt).toBeLessThanOrEqual(AT - CLOCK_TOLERANCE_MS);
        if (!all.some(({ kind }) => kind === 'stop')) expect(relation).toBe('allowed');
      }),
    );
  });

  it('is a finding, or may be the confirmation, whenever the last word to that sender is an opt-out', () => {
    const ago = fc.constantFrom(MINUTE, CONFIRMATION_MS, CONFIRMATION_MS + 1);
    fc.assert(
      fc.property(person, policy, fc.constantFrom(MG, NUMBER), ago, (all, given, sender, lastAgo) => {
        const before = all.filter(({ occurredAt }) => occurredAt < AT - lastAgo);
        const everything = [...before, said('stop', AT - lastAgo, { sender })];
        expect(relate(message(), everything, { policy: given })).toBe(
          lastAgo <= CONFIRMATION_MS ? 'confirmation' : 'same_sender',
        );
      }),
    );
  });

  it('is no finding once the person opts in to that sender', () => {
    fc.assert(
      fc.property(person, policy, (all, given) => {
        const relation = relate(message(), [...all, said('start', AT - CLOCK_TOLERANCE_MS)], {
          policy: given,
        });
        const stoppedSince = all.some(
          ({ kind, occurredAt }) => kind === 'stop' && occurredAt >= AT - CLOCK_TOLERANCE_MS,
        );
        if (!stoppedSince) expect(SENT_AFTER).not.toContain(relation);
      }),
    );
  });
});
