import { derivedUlid } from './derived-ulid';

it('is a ULID of its time, and depends on time and text alone', () => {
  // The first ten digits of the example in the specification are its time.
  expect(derivedUlid(1_469_922_850_259, 'a')).toMatch(/^01ARZ3NDEK[0-9A-HJKMNP-TV-Z]{16}$/);
  expect(derivedUlid(1_469_922_850_259, 'a')).toBe(derivedUlid(1_469_922_850_259, 'a'));
  expect(derivedUlid(1_469_922_850_259, 'b')).not.toBe(derivedUlid(1_469_922_850_259, 'a'));
});
