import fc from 'fast-check';
import { escapeControls } from './escape-controls';

it('leaves nothing that a terminal acts on, but line feeds and tabs', () => {
  expect(escapeControls('a\u001b[2J\u009b31m\r\u0007\u007fb\n\tc\u202ed')).toBe(
    'a\\u001b[2J\\u009b31m\\u000d\\u0007\\u007fb\n\tc\\u202ed',
  );
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(escapeControls(text)).not.toMatch(/(?![\n\t])\p{Cc}/u);
    }),
  );
});

it('changes no value of a JSON text', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const json = JSON.stringify(value);
      expect(JSON.parse(escapeControls(json))).toEqual(JSON.parse(json));
    }),
  );
  expect(JSON.parse(escapeControls('"\u009b"'))).toBe('\u009b');
});
