import fc from 'fast-check';
import type { E164 } from '@optout-sync/shared/domain';
import { driftOf, heldPeople } from './compare-people';

const PHONE = '+14155550101' as E164;
const NUMBER = {
  phone: PHONE,
  phoneAttribute: 'phone',
  phoneSettings: { phoneFormats: ['e164'] },
  attribute: 'sms_unsubscribe',
} as const;

const person = fc.record({ hasNumber: fc.boolean(), value: fc.constantFrom('true', 'false', '', undefined) });
const consent = fc
  .record({ optedOut: fc.boolean(), hasStoppedSender: fc.boolean() })
  .filter(({ optedOut, hasStoppedSender }) => hasStoppedSender || !optedOut);

describe('driftOf', () => {
  it('finds no drift exactly where a holder of a stopped number is true, and nobody else is true by a stopped sender', () => {
    fc.assert(
      fc.property(person, consent, (held, expected) => {
        const isTrue = held.value === 'true';
        const agrees = held.hasNumber
          ? expected.optedOut
            ? isTrue
            : !isTrue || !expected.hasStoppedSender
          : !isTrue;
        expect(driftOf(held, expected) === undefined).toBe(agrees);
      }),
    );
  });

  it.each([
    [{ hasNumber: true, value: undefined }, { optedOut: true, hasStoppedSender: true }, 'missing'],
    [{ hasNumber: true, value: 'false' }, { optedOut: true, hasStoppedSender: true }, 'reverted'],
    [{ hasNumber: false, value: 'true' }, { optedOut: true, hasStoppedSender: true }, 'orphaned'],
    [{ hasNumber: true, value: 'true' }, { optedOut: false, hasStoppedSender: true }, 'looser_policy'],
    [{ hasNumber: true, value: 'true' }, { optedOut: false, hasStoppedSender: false }, undefined],
  ])('names the drift of %j under %j', (held, expected, kind) => {
    expect(driftOf(held, expected)).toBe(kind);
  });
});

describe('heldPeople', () => {
  const read = (values: Record<string, string>, timestamps: Record<string, number> = {}) => ({
    values: new Map(Object.entries(values)),
    timestamps: new Map(Object.entries(timestamps)),
  });

  it('counts somebody who was found and could not be read as a holder without values', () => {
    expect(heldPeople(new Set(['found']), new Map(), NUMBER)).toEqual([
      {
        cioId: 'found',
        phone: undefined,
        hasNumber: true,
        value: undefined,
        setAt: undefined,
        hasTimes: false,
      },
    ]);
  });

  it('counts people as holders who were found, or whose phone attribute spells the number', () => {
    const people = new Map([
      ['found', read({ phone: 'unknown spelling' })],
      ['spelled', read({ phone: '+1 415 555 0101' })],
      ['left', read({ phone: '+14155550199', sms_unsubscribe: 'true' }, { sms_unsubscribe: 7 })],
      ['empty', read({})],
    ]);
    expect(heldPeople(new Set(['found']), people, NUMBER)).toEqual([
      {
        cioId: 'found',
        phone: 'unknown spelling',
        hasNumber: true,
        value: undefined,
        setAt: undefined,
        hasTimes: false,
      },
      {
        cioId: 'spelled',
        phone: '+1 415 555 0101',
        hasNumber: true,
        value: undefined,
        setAt: undefined,
        hasTimes: false,
      },
      { cioId: 'left', phone: '+14155550199', hasNumber: false, value: 'true', setAt: 7, hasTimes: true },
      {
        cioId: 'empty',
        phone: undefined,
        hasNumber: false,
        value: undefined,
        setAt: undefined,
        hasTimes: false,
      },
    ]);
  });
});
