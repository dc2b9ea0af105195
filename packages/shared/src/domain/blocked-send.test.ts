import fc from 'fast-check';
import { SEND_UNCERTAINTY_MS, blockedSendOrder } from './blocked-send';
import { supersedes, type SenderConsent } from './consent';
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

/** What holds in the end, whichever of the two comes first. */
function lastWord(a: SenderConsent, b: SenderConsent): SenderConsent['state'] {
  const end = (first: SenderConsent, second: SenderConsent) =>
    (supersedes(second, first) ? second : first).state;
  expect(end(a, b)).toBe(end(b, a));
  return end(a, b);
}

describe('a blocked send', () => {
  it('never undoes a START that may have been said after it, in whatever order the two come', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: SEND_UNCERTAINTY_MS - 1 }), (later) => {
        expect(lastWord(start, blocked({ reportedAt: START_AT + later }))).toBe('started');
      }),
    );
  });

  it('undoes a START that is older than Twilio lets a message grow', () => {
    const reportedAt = START_AT + SEND_UNCERTAINTY_MS + 1;
    expect(lastWord(start, blocked({ reportedAt }))).toBe('stopped');
  });

  it('counts from when it was sent where that is known', () => {
    const reportedAt = START_AT + 1_000;
    const sentAt = (at: number) => blocked({ reportedAt, sentAt: at });
    expect(lastWord(start, sentAt(START_AT + 1))).toBe('stopped');
    expect(lastWord(start, sentAt(START_AT - 1))).toBe('started');
  });

  it('is never said before time began', () => {
    expect(blockedSendOrder({ reportedAt: 5 })).toBe(0);
  });
});
