import { parseItems, type WrittenItem } from './consent-item';
import { readConsentCsv } from './read-csv';

const NOW = Date.parse('2026-03-01T00:00:00Z');
const SENDER = `MG${'a'.repeat(32)}`;
const item = (given: Partial<WrittenItem>): WrittenItem => ({
  row: 2,
  phone: '+14155550123',
  sender: '',
  date: '',
  ...given,
});
const parse = (given: Partial<WrittenItem>, senders: readonly string[] = [SENDER]) =>
  parseItems([item(given)], senders, NOW);

describe('parseItems', () => {
  it.each(['+14155550123', '+1 (415) 555-0123', '1-415-555-0123', '0014155550123'])('reads %s', (phone) => {
    expect(parse({ phone }).items).toEqual([
      { row: 2, phone: '+14155550123', sender: SENDER, at: undefined },
    ]);
  });

  it.each([
    ['phone_invalid', { phone: '555-0123' }],
    ['phone_invalid', { phone: '+123' }],
    ['phone_invalid', { phone: '' }],
    ['phone_invalid', { phone: '=HYPERLINK("x")' }],
    ['channel_unsupported', { phone: 'whatsapp:+14155550123' }],
    ['sender_invalid', { sender: 'MG1' }],
    ['date_invalid', { date: '25.02.2026' }],
    ['date_invalid', { date: '1970-01-01' }],
    ['date_invalid', { date: '2026-02-25T10:00' }],
    ['date_invalid', { date: '2027-02-25' }],
    ['date_invalid', { date: '2025-02-30' }],
    ['date_invalid', { date: '2025-02-30T10:00Z' }],
  ])('says %s of a row with %j, without its value', (code, given) => {
    const { items, invalid } = parse(given);
    expect(items).toEqual([]);
    expect(invalid).toMatchObject([{ row: 2, code }]);
    for (const value of Object.values(given))
      if (value !== '') expect(invalid[0]?.message).not.toContain(value);
  });

  it('says sender_missing where neither the row nor the command names one', () => {
    expect(parse({}, []).invalid).toMatchObject([{ code: 'sender_missing' }]);
  });

  it('takes each phone for each sender, but for the row that names its own, and repetitions once', () => {
    const written = [
      item({}),
      item({ row: 3 }),
      item({ row: 4, phone: '+14155550124', sender: '+15005550006' }),
    ];
    const { items, repeated } = parseItems(written, [SENDER, '55555'], NOW);
    expect(items.map(({ row, sender }) => [row, sender])).toEqual([
      [2, SENDER],
      [2, '55555'],
      [4, '+15005550006'],
    ]);
    expect(repeated).toBe(2);
  });
});

describe('readConsentCsv', () => {
  it('reads the columns by their names, with the lines that rows end on', () => {
    const text =
      '\uFEFFName,Phone,DATE\r\n"Ann, B",+1 415 555 0123,2026-02-25\r\n\r\n"C\nD",+14155550124,\r\n';
    expect(readConsentCsv(text)).toEqual([
      { row: 2, phone: '+1 415 555 0123', sender: '', date: '2026-02-25' },
      { row: 5, phone: '+14155550124', sender: '', date: '' },
    ]);
  });

  it.each([
    ['no row below', 'phone\n'],
    ['no row below', ''],
    ['no column `phone`', 'number,date\n+14155550123,\n'],
    ['line 2', 'phone,date\n+14155550123,a,b\n'],
    ['no CSV', 'phone\n"+14155550123\n'],
  ])('says %s', (said, text) => {
    expect(() => readConsentCsv(text)).toThrow(said);
    expect(() => readConsentCsv(text)).toThrow(expect.objectContaining({ code: 'csv_invalid' }) as Error);
  });
});
