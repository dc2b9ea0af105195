import fc from 'fast-check';
import { delimiterOf } from './delimiter';

describe('delimiterOf', () => {
  it.each([
    ['phone', ','],
    ['phone,date', ','],
    ['phone;date\n"a,b,c";2', ';'],
    ['"Phone, mobile";date', ';'],
    ['\n\nphone\tdate,sender\tx', '\t'],
    ['', ','],
  ])('of %j is %j', (text, delimiter) => {
    expect(delimiterOf(text)).toBe(delimiter);
  });

  it('is that of the header, whatever the cells hold', () => {
    fc.assert(
      fc.property(fc.constantFrom(',', ';', '\t'), fc.string(), (delimiter, cells) => {
        expect(delimiterOf(`${['phone', 'sender', 'date'].join(delimiter)}\n${cells}`)).toBe(delimiter);
      }),
    );
  });
});
