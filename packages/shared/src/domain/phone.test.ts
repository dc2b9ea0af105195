import fc from 'fast-check';
import { E164, e164Spellings, maskPhone, parseAddress, restorePlus } from './phone';

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

describe('maskPhone', () => {
  it('shows the first five characters and two digits only', () => {
    expect(maskPhone('+14155550123')).toBe('+1415*****23');
    expect(maskPhone('72345')).toBe('***');
  });
});
