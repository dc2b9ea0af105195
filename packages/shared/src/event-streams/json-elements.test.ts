import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { elementsOf, parseElement } from './json-elements';

/** The values of the elements, or `invalid`. */
function read(text: string | Buffer): unknown {
  try {
    const bytes = Buffer.isBuffer(text) ? text : Buffer.from(text);
    return [...elementsOf(bytes)].flatMap((element) => (element ? [parseElement(element)] : []));
  } catch (error) {
    if (error instanceof SyntaxError) return 'invalid';
    throw error;
  }
}

/** What the whole text is to JSON.parse. */
function expected(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : [value];
  } catch {
    return 'invalid';
  }
}

describe('the elements of a JSON array', () => {
  it('are those that JSON.parse finds, however the text is spaced', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.array(fc.jsonValue()), fc.jsonValue()),
        fc.constantFrom('', ' ', '\t', '\n  '),
        (value, space) => {
          const text = JSON.stringify(value, undefined, space);
          expect(read(space + text + space)).toEqual(expected(text));
        },
      ),
    );
  });

  it('are invalid exactly where JSON.parse finds the whole text invalid', () => {
    const piece = fc.constantFrom(
      ...'[]{},:"\\ \n0a-'.split(''),
      '1',
      '"x"',
      'null',
      '"\\"',
      '{"a":1}',
      '\\u0022',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const text = pieces.join('');
        for (const each of [text, `[${text}]`]) expect(read(each)).toEqual(expected(each));
      }),
      { numRuns: 5_000 },
    );
  });

  it.each([
    ['an empty array', '[]', []],
    ['an empty array with space', ' [ \n] ', []],
    ['a comma at the end', '[1,]', 'invalid'],
    ['a comma alone', '[,]', 'invalid'],
    ['brackets of two kinds', '[{"a":1],{"b":2}]', 'invalid'],
    ['a bracket that closes another', '[1}', 'invalid'],
    ['text behind the array', '[1] 2', 'invalid'],
    ['nothing', '', 'invalid'],
    [
      'brackets, commas and escapes in strings',
      '["],[\\"\\\\",{"a,]":"\\\\\\""}]',
      ['],["\\', { 'a,]': '\\"' }],
    ],
    ['a byte order mark', '\uFEFF[1]', [1]],
    ['a byte order mark before one value', '\uFEFF{}', [{}]],
  ])('of %s', (_, text, elements) => {
    expect(read(text)).toEqual(elements);
  });

  it('are invalid in another encoding than UTF-8', () => {
    expect(read(Buffer.from([0x5b, 0x22, 0xff, 0x22, 0x5d]))).toBe('invalid');
  });

  it('let the caller pause each 64 kB of a long one', () => {
    const text = Buffer.from(`[[${'{"a":[0,1]},'.repeat(100_000)}0]]`);
    const pauses = [...elementsOf(text)].filter((element) => element === undefined).length;
    expect(pauses).toBeGreaterThanOrEqual(17);
  });
});
