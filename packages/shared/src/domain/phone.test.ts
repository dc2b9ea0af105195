import fc from 'fast-check';
import { E164, isSamePhone, maskPhone, parseAddress, phoneSpellings } from './phone';

const e164 = (value: string): E164 => E164.parse(value);

describe('parseAddress', () => {
  it.each([
    ['+14155550123', { kind: 'phone', channel: 'sms', phone: '+14155550123' }],
    [' +14155550123 ', { kind: 'phone', channel: 'sms', phone: '+14155550123' }],
    ['rcs:+14155550123', { kind: 'phone', channel: 'sms', phone: '+14155550123' }],
    ['whatsapp:+14155550123', { kind: 'phone', channel: 'whatsapp', phone: '+14155550123' }],
    ['WhatsApp:+14155550123', { kind: 'phone', channel: 'whatsapp', phone: '+14155550123' }],
    ['whatsapp:US.123', { kind: 'other', channel: 'whatsapp' }],
    ['72345', { kind: 'other', channel: 'sms' }],
    ['', { kind: 'other', channel: 'sms' }],
    ['messenger:123', { kind: 'unknown_channel' }],
    ['constructor:1', { kind: 'unknown_channel' }],
  ])('parses %p', (address, expected) => {
    expect(parseAddress(address)).toEqual(expected);
  });

  it('never throws for any address', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (address) => 'kind' in parseAddress(address)));
  });
});

describe('phoneSpellings', () => {
  it('returns every requested format once', () => {
    expect(phoneSpellings(e164('+14155550123'), ['e164', 'digits', 'national', 'e164'])).toEqual([
      '+14155550123',
      '14155550123',
      '(415) 555-0123',
      '4155550123',
    ]);
  });

  it('returns no national format for a number without a country', () => {
    expect(phoneSpellings(e164('+9991234567'), ['national'])).toEqual([]);
  });
});

describe('isSamePhone', () => {
  it.each(['+14155550123', '14155550123', '(415) 555-0123', '+1 415-555-0123', '415.555.0123'])(
    'accepts %p',
    (stored) => {
      expect(isSamePhone(stored, e164('+14155550123'), ['e164', 'digits'])).toBe(true);
    },
  );

  it.each(['+14155550124', '', 'none', '5550123'])('rejects %p', (stored) => {
    expect(isSamePhone(stored, e164('+14155550123'), ['e164'])).toBe(false);
  });
});

describe('maskPhone', () => {
  it('shows the first five characters and two digits only', () => {
    expect(maskPhone('+14155550123')).toBe('+1415*****23');
    expect(maskPhone('72345')).toBe('***');
  });
});
