import fc from 'fast-check';
import { E164, isSamePhone, maskPhone, parseAddress, parseWrittenPhone, phoneSpellings } from './phone';

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

describe('parseWrittenPhone', () => {
  it.each([
    ['+14155550123', '+14155550123'],
    [' +1 (415) 555-0123 ', '+14155550123'],
    ['+1\u00a0415\u2011555\u20110123', '+14155550123'],
    ['14155550123', '+14155550123'],
    ['1-415-555-0123', '+14155550123'],
    ['0041 44 668 18 00', '+41446681800'],
    ['+44 (0)20 7946 0018', '+442079460018'],
    ['+9991234567', '+9991234567'],
  ])('parses %p', (text, phone) => {
    expect(parseWrittenPhone(text)).toBe(phone);
  });

  it.each([
    '',
    '+',
    '(415) 555-0123',
    '4155550123',
    '0301234567',
    'none',
    '+1 415 CALL',
    '72345',
    '1'.repeat(16),
  ])('is undefined for %p, which names no country or is no number', (text) => {
    expect(parseWrittenPhone(text)).toBeUndefined();
  });

  it('returns an E.164 number as it is, and never throws', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^\+[1-9]\d{6,14}$/), (phone) => {
        // Only a digit that is written and not dialled may be removed.
        expect(phone.length - (parseWrittenPhone(phone) ?? '').length).toBeLessThanOrEqual(2);
      }),
    );
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const phone = parseWrittenPhone(text);
        expect(phone === undefined || E164.safeParse(phone).success).toBe(true);
      }),
    );
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
