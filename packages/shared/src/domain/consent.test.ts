import fc from 'fast-check';
import { isOptedOut, supersedes, type SenderConsent } from './consent';
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

describe('supersedes', () => {
  it('prefers the later message', () => {
    expect(supersedes(consent('started', 2), consent('stopped', 1))).toBe(true);
    expect(supersedes(consent('stopped', 1), consent('started', 2))).toBe(false);
  });

  it('prefers the opt-out in the same millisecond', () => {
    expect(supersedes(consent('stopped', 1, 1), consent('started', 1, 2))).toBe(true);
    expect(supersedes(consent('started', 1, 2), consent('stopped', 1, 1))).toBe(false);
  });

  it('does not let a blocked send undo a START that may be later than the send', () => {
    const blocked = { ...consent('stopped', 60), occurredAt: 300, source: 'status_callback' as const };
    expect(supersedes(blocked, consent('started', 100))).toBe(false);
    expect(supersedes(consent('started', 100), blocked)).toBe(true);
    expect(supersedes(blocked, consent('started', 50))).toBe(true);
    expect(supersedes(consent('started', 50), blocked)).toBe(false);
  });

  it('lets a blocked send restore an opt-out that was overridden before it', () => {
    const blocked = { ...consent('stopped', 60), occurredAt: 300, source: 'status_callback' as const };
    const override = (at: number): SenderConsent => ({ ...consent('started', at), source: 'manual' });
    expect(supersedes(blocked, override(200))).toBe(true);
    expect(supersedes(override(200), blocked)).toBe(false);
    expect(supersedes(blocked, override(400))).toBe(false);
    expect(supersedes(override(400), blocked)).toBe(true);
  });

  it('is a strict total order, so that every order of arrival has the same result', () => {
    fc.assert(
      fc.property(anyConsent, anyConsent, anyConsent, (a, b, c) => {
        expect(supersedes(a, a)).toBe(false);
        if (supersedes(a, b)) expect(supersedes(b, a)).toBe(false);
        if (supersedes(a, b) && supersedes(b, c)) expect(supersedes(a, c)).toBe(true);
      }),
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
