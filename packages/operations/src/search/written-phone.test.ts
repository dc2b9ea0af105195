import fc from 'fast-check';
import { parseWrittenPhones } from './written-phone';

const phonesIn = (text: string, ...countries: ('US' | 'CH' | 'GB')[]): readonly string[] =>
  parseWrittenPhones(text, countries).phones;

describe('parseWrittenPhones', () => {
  it.each([
    ['+14155550123'],
    ['14155550123'],
    ['+1 (415) 555-0123'],
    ['001 415.555.0123'],
    [' +1415 555 0123 '],
    ['tel:+1-415-555-0123'],
    ['sms:+14155550123'],
    ['\u202a+1 415 555 0123\u202c'],
    ['\uff0b\uff11 415 555 0123'],
    ['(415) 555-0123'],
    ['415-555-0123'],
  ])('finds the number in %j', (text) => {
    expect(phonesIn(text, 'US')).toContain('+14155550123');
  });

  it('finds the channel in front of the number', () => {
    expect(parseWrittenPhones('whatsapp: +1 415 555 0123', [])).toEqual({
      phones: ['+14155550123'],
      channel: 'whatsapp',
    });
    expect(parseWrittenPhones('+14155550123', []).channel).toBeUndefined();
  });

  it('finds every number that a text without country code may be', () => {
    expect(phonesIn('044 668 18 00', 'CH', 'GB')).toEqual(expect.arrayContaining(['+41446681800']));
    expect(phonesIn('044 668 18 00')).toEqual([]);
  });

  it.each([['STOP'], ['dl-0123456789abcdef0123'], ['fax:+14155550123'], [''], ['+'], ['a1000001']])(
    'finds no number in %j',
    (text) => {
      expect(phonesIn(text, 'US')).toEqual([]);
    },
  );

  it('never throws, and finds only numbers in E.164', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        for (const phone of phonesIn(text, 'US', 'CH')) expect(phone).toMatch(/^\+[1-9]\d{6,14}$/);
      }),
    );
  });
});
