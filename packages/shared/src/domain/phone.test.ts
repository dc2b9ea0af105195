import fc from 'fast-check';
import { E164, e164Spellings, maskPhone, parseAddress, parseWrittenPhone, restorePlus } from './phone';

describe('E164', () => {
  it('parses every spelling of a subscriber to the canonical one', () => {
    expect(E164.parse('+5215512345678')).toBe('+525512345678');
    expect(E164.parse('+525512345678')).toBe('+525512345678');
  });

  it.each(['14155550123', '+0155550123', '+123456', '+1234567890123456', ''])('rejects %p', (text) => {
    expect(E164.safeParse(text).success).toBe(false);
  });
});

describe('e164Spellings', () => {
  it('returns the canonical spelling first, whichever is given', () => {
    const both = ['+5511987654321', '+551187654321'];
    expect(e164Spellings('+551187654321' as E164)).toEqual(both);
    expect(e164Spellings('+5511987654321' as E164)).toEqual(both);
    expect(e164Spellings(E164.parse('+14155550123'))).toEqual(['+14155550123']);
  });
});

describe('parseAddress', () => {
  it.each([
    ['+14155550123', { kind: 'phone', channel: 'sms', phone: '+14155550123' }],
    [' +14155550123 ', { kind: 'phone', channel: 'sms', phone: '+14155550123' }],
    ['rcs:+14155550123', { kind: 'phone', channel: 'sms', phone: '+14155550123' }],
    ['whatsapp:+14155550123', { kind: 'phone', channel: 'whatsapp', phone: '+14155550123' }],
    ['WhatsApp:+14155550123', { kind: 'phone', channel: 'whatsapp', phone: '+14155550123' }],
    ['whatsapp:+5215512345678', { kind: 'phone', channel: 'whatsapp', phone: '+525512345678' }],
    [' 14155550101', { kind: 'phone', channel: 'sms', phone: '+14155550101' }],
    ['whatsapp: 14155550101', { kind: 'phone', channel: 'whatsapp', phone: '+14155550101' }],
    ['whatsapp: 5215512345678', { kind: 'phone', channel: 'whatsapp', phone: '+525512345678' }],
    ['14155550101', { kind: 'other', channel: 'sms' }],
    ['whatsapp:US.123', { kind: 'other', channel: 'whatsapp' }],
    ['72345', { kind: 'other', channel: 'sms' }],
    [' 72345', { kind: 'other', channel: 'sms' }],
    ['', { kind: 'other', channel: 'sms' }],
    ['messenger:123', { kind: 'unknown_channel' }],
    ['messenger: 14155550101', { kind: 'unknown_channel' }],
    ['constructor:1', { kind: 'unknown_channel' }],
  ])('parses %p', (address, expected) => {
    expect(parseAddress(address)).toEqual(expected);
  });

  it('never throws for any address', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (address) => 'kind' in parseAddress(address)));
  });
});

describe('restorePlus', () => {
  it.each([
    [' 14155550101', '+14155550101'],
    ['whatsapp: 14155550101', 'whatsapp:+14155550101'],
    [' 14155550101 ', '+14155550101'],
    ['14155550101', '14155550101'],
    [' 72345', '72345'],
    ['MG00000000000000000000000000000001', 'MG00000000000000000000000000000001'],
  ])('makes %p %p', (address, expected) => {
    expect(restorePlus(address)).toBe(expected);
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
    ['+52 1 55 1234 5678', '+525512345678'],
    ['5215512345678', '+525512345678'],
    ['00 225 07 12 34 56', '+2250707123456'],
    ['22507123456', '+2250707123456'],
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

describe('maskPhone', () => {
  it('shows the first five characters and two digits only', () => {
    expect(maskPhone('+14155550123')).toBe('+1415*****23');
    expect(maskPhone('72345')).toBe('***');
  });

  it('hides at least four digits of a number of any length', () => {
    for (let digits = 1; digits <= 15; digits += 1) {
      for (const number of ['123456789012345'.slice(0, digits), `+${'123456789012345'.slice(0, digits)}`]) {
        const shown = maskPhone(number).replace(/\D/g, '');
        expect(digits - shown.length).toBeGreaterThanOrEqual(Math.min(digits, 4));
      }
    }
  });
});
