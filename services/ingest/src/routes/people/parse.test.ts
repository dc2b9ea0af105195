import fc from 'fast-check';
import { WebhookError } from '../../webhook/webhook-error';
import { parsePeople } from './parse';

const PHONE = '+14155550123';

describe('the body of a people webhook', () => {
  it.each([
    ['one person', { phone: PHONE, cio_id: 'a1', previous_phone: '+14155550199' }],
    ['an array of one', [{ phone: PHONE, cio_id: 'a1', previous_phone: '+14155550199' }]],
    ['other spellings', { phone: 14155550123, cio_id: ' cio_a1 ', previous_phone: '1 (415) 555-0199' }],
    [
      'fields that are not ours',
      { phone: PHONE, cio_id: 'a1', previous_phone: '+14155550199', email: 'a@b.example' },
    ],
  ])('may be %s', (_, json) => {
    expect(parsePeople(json)).toEqual({
      people: [{ phone: PHONE, cioId: 'a1', previousPhone: '+14155550199' }],
      withoutPhone: 0,
    });
  });

  it.each([
    { cio_id: '', previous_phone: '' },
    { cio_id: null, previous_phone: null },
    { previous_phone: 'none' },
    {},
  ])('treats as missing what the person lacks: %p', (rest) => {
    expect(parsePeople({ phone: PHONE, ...rest }).people).toEqual([{ phone: PHONE }]);
  });

  it.each(['', null, undefined, 'none', '(415) 555-0123', 72345])(
    'leaves out and counts a person whose phone is %p',
    (phone) => {
      expect(parsePeople([{ phone, cio_id: 'a1' }, { phone: PHONE }])).toEqual({
        people: [{ phone: PHONE }],
        withoutPhone: 1,
      });
    },
  );

  it.each([
    [[{ phone: PHONE }, { phone: {} }, 'x'], '1.phone, 2'],
    [{ phone: PHONE, cio_id: 'a'.repeat(256) }, '0.cio_id'],
    [null, '0'],
    [Array.from({ length: 8 }, () => 1), '0, 1, 2, 3, 4, 3 more'],
  ])(
    'is rejected as a whole where an item has another form, which is named without its value',
    (json, wrong) => {
      expect(() => parsePeople(json)).toThrow(
        expect.objectContaining({ code: 'invalid_people', logFields: { wrong } }) as Error,
      );
    },
  );

  it('holds at most 1,000 people', () => {
    const people = Array.from({ length: 1_001 }, () => ({ phone: PHONE }));
    expect(parsePeople(people.slice(1)).people).toHaveLength(1_000);
    expect(() => parsePeople(people)).toThrow(expect.objectContaining({ code: 'too_many_people' }) as Error);
  });

  it('is parsed or rejected, whatever JSON it is', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (json) => {
        try {
          const { people, withoutPhone } = parsePeople(json);
          expect(people.length + withoutPhone).toBe(Array.isArray(json) ? json.length : 1);
        } catch (error) {
          expect(error).toBeInstanceOf(WebhookError);
        }
      }),
    );
  });
});
