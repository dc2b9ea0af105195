import fc from 'fast-check';
import {
  NAMED_SEND_ERRORS,
  SEND_UNCERTAINTY_MS,
  blockedSendOrder,
  createBlockedSends,
  nameSendError,
} from './blocked-send';
import { decidingMessage, type SenderConsent } from './consent';
import type { MessageSid } from './twilio-ids';

const START_AT = 1_790_000_000_000;
const start: SenderConsent = {
  state: 'started',
  orderAt: START_AT,
  occurredAt: START_AT,
  source: 'webhook',
  messageSid: 'SM1' as MessageSid,
};

const blocked = (send: { reportedAt: number; sentAt?: number }): SenderConsent => ({
  state: 'stopped',
  orderAt: blockedSendOrder(send),
  occurredAt: send.reportedAt,
  source: 'status_callback',
  messageSid: 'SM2' as MessageSid,
});

/** The state in the end, the same for both orders of arrival. */
function finalState(a: SenderConsent, b: SenderConsent): SenderConsent['state'] {
  const end = decidingMessage([a, b]);
  expect(decidingMessage([b, a])).toBe(end);
  return (end ?? a).state;
}

describe('a blocked send', () => {
  it('never undoes a START that may be later, for both orders of arrival', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: SEND_UNCERTAINTY_MS - 1 }), (later) => {
        expect(finalState(start, blocked({ reportedAt: START_AT + later }))).toBe('started');
      }),
    );
  });

  it('undoes a START that is older than any queued message', () => {
    const reportedAt = START_AT + SEND_UNCERTAINTY_MS + 1;
    expect(finalState(start, blocked({ reportedAt }))).toBe('stopped');
  });

  it('is ordered by the time of the send where that is known', () => {
    const reportedAt = START_AT + 1_000;
    const sentAt = (at: number) => blocked({ reportedAt, sentAt: at });
    expect(finalState(start, sentAt(START_AT + 1))).toBe('stopped');
    expect(finalState(start, sentAt(START_AT - 1))).toBe('started');
  });

  it('is never ordered before 1970', () => {
    expect(blockedSendOrder({ reportedAt: 5 })).toBe(0);
  });
});

describe('the codes that are acted on', () => {
  const { actionOf, mayConcern } = createBlockedSends();

  it.each([
    ['21610', '+14155550101', 'apply'],
    [21610, 'whatsapp:+14155550101', 'apply'],
    ['21610', 'rcs:+14155550101', 'apply'],
    ['63014', 'whatsapp:+14155550101', 'review'],
    [63014, 'RCS:+14155550101', 'review'],
    ['63014', '+14155550101', undefined],
    ['63014', 'mms:+14155550101', undefined],
    ['30004', '+14155550101', undefined],
    [30610, '+14155550101', undefined],
    ['30610', 'rcs:+14155550101', undefined],
    [30640, '+14155550101', 'review'],
    ['30640', 'rcs:+14155550101', 'review'],
    ['30640', 'whatsapp:+14155550101', undefined],
    ['', '+14155550101', undefined],
    [undefined, '+14155550101', undefined],
    [['21610'], '+14155550101', undefined],
  ])('are those of the channel of the recipient: %p to %s is %p', (code, recipient, action) => {
    expect(actionOf(code, recipient)).toBe(action);
  });

  it('are configurable by channel', () => {
    const configured = createBlockedSends({
      sms: { apply: [21610, 30004], review: [] },
      rcs: { apply: [], review: [] },
      whatsapp: { apply: [21610, 63014], review: [63016] },
    });
    expect(configured.actionOf('30004', '+14155550101')).toBe('apply');
    expect(configured.actionOf('21610', 'rcs:+14155550101')).toBeUndefined();
    expect(configured.actionOf('63014', 'whatsapp:+14155550101')).toBe('apply');
    expect(configured.actionOf('63016', 'whatsapp:+14155550101')).toBe('review');
    expect(['ErrorCode=30004', 'ErrorCode=63016'].map(configured.mayConcern)).toEqual([true, true]);
  });

  it('are found in an unparsed form, also with escaped digits', () => {
    const forms = ['ErrorCode=21610', 'ErrorCode=63014', 'ErrorCode=%32%31610', 'ErrorCode=30003', ''];
    expect(forms.map(mayConcern)).toEqual([true, true, true, false, false]);
  });
});

describe('the name of an error code in metrics', () => {
  it('is one of few, whatever the code is', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.integer(), fc.constantFrom(...NAMED_SEND_ERRORS)), (code) => {
        const name = nameSendError(code);
        expect(name === undefined || NAMED_SEND_ERRORS.includes(name)).toBe(true);
      }),
    );
    expect([30003, '63049', '12345', '', 0, null, undefined].map(nameSendError)).toEqual([
      ...['30003', '63049', 'other', undefined, undefined, undefined, undefined],
    ]);
  });
});
