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

test('never shows the number, whatever stands around it', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 20 }), fc.string({ maxLength: 20 }), (before, after) => {
      expect(withoutPhones(`${before}+14155550123${after}`)).not.toContain('4155550123');
    }),
  );
});
