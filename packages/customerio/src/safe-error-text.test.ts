import fc from 'fast-check';
import { classifyResponse } from './classify-response';
import { safeErrorText } from './safe-error-text';

it.each([
  ['no person ann@example.com', 'no person …'],
  ['phone +1 (415) 555-0101 is invalid', 'phone … is invalid'],
  ['error 400 of batch 12345', 'error 400 of batch 12345'],
])('%s', (text, safe) => {
  expect(safeErrorText(text)).toBe(safe);
});

it('shows no part of a phone number or an address, wherever a text is cut off', () => {
  const person = fc.constantFrom(
    '+14155550101',
    '+1 (415) 555-0101',
    '0041 44 668 18 00',
    'annabelle@example.com',
  );
  fc.assert(
    fc.property(
      fc.nat(1_100),
      fc.constantFrom('x'.repeat(40), 'x y ', 'a@b '),
      person,
      (at, filler, value) => {
        const text = `${filler.repeat(1_100).slice(0, at)} ${value} ${'more words '.repeat(200)}`;
        expect(safeErrorText(text)).not.toMatch(/\d{2}|anna/);
      },
    ),
    { numRuns: 1_000 },
  );
});

it.each(['a', '1', '1 ', '@', ' ', 'a@', '\n', '+'])(
  'the refusal of a request is understood at once, also when its text is a million times %j',
  (part) => {
    const data = { errors: [{ detail: part.repeat(1_000_000) }], meta: { error: part.repeat(1_000_000) } };
    const startedAt = performance.now();
    const message = classifyResponse({ status: 400, headers: {}, data })?.message ?? '';
    expect(performance.now() - startedAt).toBeLessThan(1_000);
    expect(message.length).toBeLessThan(300);
  },
);
