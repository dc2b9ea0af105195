import fc from 'fast-check';
import { isOptedOut, supersedes, type SenderConsent } from './consent';
import { MessageSid } from './message-sid';

const consent = (state: 'stopped' | 'started', occurredAt: number, n = 0): SenderConsent => ({
  state,
  occurredAt,
  messageSid: MessageSid.parse(`SM${n.toString(16).padStart(32, '0')}`),
});
const anyConsent = fc
  .tuple(fc.constantFrom('stopped' as const, 'started' as const), fc.integer({ min: 0, max: 3 }), fc.nat(5))
  .map((parts) => consent(...parts));

describe('supersedes', () => {
  it('lets the later message win', () => {
    expect(supersedes(consent('started', 2), consent('stopped', 1))).toBe(true);
    expect(supersedes(consent('stopped', 1), consent('started', 2))).toBe(false);
  });

  it('lets the opt-out win at the same millisecond', () => {
    expect(supersedes(consent('stopped', 1, 1), consent('started', 1, 2))).toBe(true);
    expect(supersedes(consent('started', 1, 2), consent('stopped', 1, 1))).toBe(false);
  });

  it('is a strict total order, so every order of arrival ends alike', () => {
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
  it('knows nothing when no sender heard anything', () => {
    expect(isOptedOut([], 'any')).toBeUndefined();
    expect(isOptedOut([], 'last')).toBeUndefined();
  });

  it('under `any`, stays true while one sender is stopped', () => {
    expect(isOptedOut([consent('stopped', 1), consent('started', 2)], 'any')).toBe(true);
    expect(isOptedOut([consent('started', 1), consent('started', 2)], 'any')).toBe(false);
  });

  it('under `last`, follows the last word, whichever the sender', () => {
    expect(isOptedOut([consent('started', 2), consent('stopped', 1)], 'last')).toBe(false);
    expect(isOptedOut([consent('started', 2), consent('stopped', 3)], 'last')).toBe(true);
  });
});
