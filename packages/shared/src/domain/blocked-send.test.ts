import fc from 'fast-check';
import { SEND_UNCERTAINTY_MS, blockedSendOrder } from './blocked-send';
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
