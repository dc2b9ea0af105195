import fc from 'fast-check';
import { decidingMessage, isOptedOut, type ConsentMessage, type SenderConsent } from './consent';
import { MessageSid } from './twilio-ids';

const consent = (state: 'stopped' | 'started', orderAt: number, n = 0): SenderConsent => ({
  state,
  orderAt,
  occurredAt: orderAt,
  source: 'webhook',
  messageSid: MessageSid.parse(`SM${n.toString(16).padStart(32, '0')}`),
});
const anyConsent = fc
  .tuple(fc.constantFrom('stopped' as const, 'started' as const), fc.integer({ min: 0, max: 3 }), fc.nat(5))
  .map((parts) => consent(...parts));

const decides = (...messages: ConsentMessage[]) => decidingMessage(messages);
const blocked = (orderAt: number, occurredAt: number, n = 50): SenderConsent => ({
  ...consent('stopped', orderAt, n),
  occurredAt,
  source: 'status_callback',
});
const override = (state: 'stopped' | 'started', at: number, n = 60): SenderConsent => ({
  ...consent(state, at, n),
  source: 'manual',
});
const yes = (at: number, n = 70): ConsentMessage => ({ ...consent('started', at, n), weak: true });

describe('decidingMessage', () => {
  it('is undefined without messages', () => {
    expect(decides()).toBeUndefined();
  });

  it('is the later message', () => {
    expect(decides(consent('started', 2), consent('stopped', 1))?.state).toBe('started');
    expect(decides(consent('started', 1), consent('stopped', 2))?.state).toBe('stopped');
  });

  it('is the opt-out in the same millisecond', () => {
    expect(decides(consent('stopped', 1, 1), consent('started', 1, 2))?.state).toBe('stopped');
  });

  it('is not a blocked send where a START may be later than the send', () => {
    expect(decides(blocked(60, 300), consent('started', 100))?.state).toBe('started');
    expect(decides(blocked(60, 300), consent('started', 50))?.state).toBe('stopped');
  });

  it('is a blocked send that was reported after an opt-in by hand, as on the lists of Twilio and Customer.io', () => {
    expect(decides(override('started', 200), blocked(60, 300))?.state).toBe('stopped');
    expect(decides(override('started', 400), blocked(60, 300))?.state).toBe('started');
  });

  it('is the opt-in by hand where the person sent START after the earliest time of the blocked send', () => {
    const messages = [blocked(60, 300), consent('started', 100), override('started', 200)];
    expect(decides(...messages)?.source).toBe('manual');
  });

  it('is the blocked send reported last, of several after an opt-in by hand', () => {
    const messages = [blocked(60, 300, 1), blocked(50, 500, 2), override('started', 200)];
    expect(decides(...messages)).toBe(messages[1]);
  });

  it('is a YES only of somebody whom an older message stopped', () => {
    expect(decides(yes(5))).toBeUndefined();
    expect(decides(consent('stopped', 1), yes(5))?.state).toBe('started');
    expect(decides(consent('stopped', 9), yes(5))?.state).toBe('stopped');
    const restarted = consent('started', 3);
    expect(decides(consent('stopped', 1), restarted, yes(5))).toBe(restarted);
    const first = yes(5, 1);
    expect(decides(consent('stopped', 1), first, yes(6, 2))).toBe(first);
  });

  it('depends on the set of messages alone', () => {
    const any = fc.oneof(
      anyConsent,
      fc.tuple(fc.integer({ max: 4 }), fc.integer({ min: 5, max: 9 }), fc.nat(5)).map((of) => blocked(...of)),
      anyConsent.map((one) => override(one.state, one.orderAt * 2)),
      fc.nat(8).map((at) => yes(at)),
    );
    const messages = fc.uniqueArray(any, { maxLength: 6, selector: ({ messageSid }) => messageSid });
    fc.assert(
      fc.property(
        messages.chain((all) =>
          fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
        ),
        ([all, shuffled]) => {
          expect(decidingMessage(shuffled)).toBe(decidingMessage(all));
        },
      ),
      { numRuns: 1_000 },
    );
  });
});

describe('isOptedOut', () => {
  it('is undefined without any sender', () => {
    expect(isOptedOut([], 'any')).toBeUndefined();
    expect(isOptedOut([], 'last')).toBeUndefined();
  });

  it('is true under `any` while one sender is stopped', () => {
    expect(isOptedOut([consent('stopped', 1), consent('started', 2)], 'any')).toBe(true);
    expect(isOptedOut([consent('started', 1), consent('started', 2)], 'any')).toBe(false);
  });

  it('follows the latest message to any sender under `last`', () => {
    expect(isOptedOut([consent('started', 2), consent('stopped', 1)], 'last')).toBe(false);
    expect(isOptedOut([consent('started', 2), consent('stopped', 3)], 'last')).toBe(true);
  });
});
