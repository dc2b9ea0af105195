import fc from 'fast-check';
import { withoutPhones } from './masked-text';

test.each([
  '+14155550123',
  '14155550123',
  '(415) 555-0123',
  '415.555.0123',
  '+44 20 7946 0958',
  '+1 (415) - 555 - 0123',
  '415/555/0123',
  '415\u200b555\u200b0123',
  '415_555_0123',
])('masks %s within a text', (phone) => {
  const digits = phone.replace(/\D/g, '');
  const masked = withoutPhones(`refused: ${phone} is taken`);
  expect(masked.replace(/\D/g, '')).not.toContain(digits);
  expect(masked).toMatch(/^refused: .*\*.* is taken$/);
});

test('leaves words and short numbers as they are', () => {
  expect(withoutPhones('answered 400 after 3 attempts in 1500 ms')).toBe(
    'answered 400 after 3 attempts in 1500 ms',
  );
});

test.each([
  'Twilio refuses the sender MG12345678901234567890123456789012',
  'request of 2026-03-01',
  'since 2026-03-01T09:59:58.000Z, ticket 4711',
])('leaves the SID or the date of "%s" as it is', (text) => {
  expect(withoutPhones(text)).toBe(text);
});

test.each([
  '2026-03-014',
  '4155-2026-03-01',
  '+2026-03-01',
  '2026-03-01-0123',
  'MG123456789012345678901234567890123',
])('masks %s, which only looks like one', (text) => {
  expect(withoutPhones(text)).toContain('*');
});

test('never shows the number, whatever stands around it', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 20 }), fc.string({ maxLength: 20 }), (before, after) => {
      expect(withoutPhones(`${before}+14155550123${after}`)).not.toContain('4155550123');
    }),
  );
});
