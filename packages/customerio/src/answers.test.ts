import fc from 'fast-check';
import {
  attributesAnswer,
  batchAnswer,
  isErrorForm,
  optOutsAnswer,
  regionAnswer,
  searchAnswer,
} from './answers';

const person = { identifiers: { cio_id: 'a3' }, attributes: { phone: '+1' } };
const forms = {
  search: searchAnswer,
  attributes: attributesAnswer,
  batch: batchAnswer,
  optouts: optOutsAnswer,
  region: regionAnswer,
};
type Name = keyof typeof forms;

const HTML = '<html>maintenance</html>';
/** Bodies that report an error although the status is a success, on top of an answer's own keys. */
const ERRORS: Readonly<Record<string, unknown>>[] = [
  { error: 'x' },
  { message: 'x' },
  { errors: [{ detail: 'x' }] },
  { errors: ['x'] },
  { meta: { error: 'x' } },
  { meta: { errors: ['x'] } },
];
const GOOD: readonly (readonly [Name, number, Readonly<Record<string, unknown>>])[] = [
  ['search', 200, { identifiers: [{ cio_id: 'a3', id: null }], ids: [''], next: 'MDox' }],
  ['search', 200, { identifiers: [{ cio_id: 3 }], ids: [3] }],
  ['search', 200, { identifiers: null, ids: null, next: '' }],
  ['search', 200, { identifiers: [] }],
  ['search', 200, { ids: [] }],
  ['search', 200, { next: '' }],
  ['attributes', 200, { customers: [person] }],
  ['attributes', 200, { customers: [{ customer: person }] }],
  ['attributes', 200, { customers: [] }],
  ['attributes', 200, { customers: null }],
  ['batch', 200, {}],
  ['batch', 200, { errors: [] }],
  ['optouts', 200, {}],
  ['region', 200, { region: 'eu' }],
];

describe('an answer', () => {
  it.each(GOOD)('of %s with %i %j counts', (name, status, data) => {
    expect(forms[name].safeParse({ status, data }).success).toBe(true);
  });

  it('counts with any extra keys that report no error', () => {
    const key = fc
      .string()
      .filter((name) => !['error', 'errors', 'message', 'meta', 'identifiers', 'ids', 'next'].includes(name));
    fc.assert(
      fc.property(
        fc.constantFrom(...GOOD),
        fc.dictionary(key, fc.jsonValue()),
        ([name, status, data], extra) => {
          expect(forms[name].safeParse({ status, data: { ...extra, ...data } }).success).toBe(true);
        },
      ),
    );
  });

  it('does not count with another status, nor when it reports an error', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...GOOD),
        fc.oneof(
          fc.constantFrom(...ERRORS).map((error) => ({ error })),
          fc.constantFrom(201, 202, 203, 206, 226).map((status) => ({ status })),
        ),
        ([name, status, data], wrong) => {
          const answer =
            'status' in wrong
              ? { status: wrong.status, data }
              : { status, data: { ...data, ...wrong.error } };
          expect(forms[name].safeParse(answer).success).toBe(false);
        },
      ),
    );
  });

  it.each<[Name, number, unknown]>([
    ['search', 200, {}],
    ['search', 200, { people: [] }],
    ['search', 200, []],
    ['search', 200, ''],
    ['search', 200, HTML],
    ['search', 200, { identifiers: [{}] }],
    ['search', 200, { identifiers: [{ cio_id: null }] }],
    ['search', 200, { identifiers: [{ cio_id: true }] }],
    ['search', 200, { identifiers: [{ cio_id: { a: 1 } }] }],
    ['search', 200, { identifiers: [{ cio_id: '' }] }],
    ['search', 200, { identifiers: [], ids: [{}] }],
    // People without cio_ids, who would be missed.
    ['search', 200, { ids: ['2'] }],
    ['search', 200, { identifiers: [{ cio_id: 'a3' }], ids: ['2', '3'] }],
    // Precision that was lost when the JSON was parsed.
    ['search', 200, { identifiers: [{ cio_id: 2 ** 53 }] }],
    ['attributes', 200, {}],
    ['attributes', 200, { customers: 'x' }],
    ['attributes', 200, { customers: [{ attributes: {} }] }],
    ['batch', 207, {}],
    ['batch', 207, { errors: [] }],
    ['batch', 207, { errors: [{ reason: 'invalid' }] }],
    ['batch', 207, HTML],
    ['batch', 200, ''],
    ['batch', 200, []],
    ['batch', 204, ''],
    ['optouts', 200, HTML],
    ['optouts', 202, ''],
    ['region', 200, {}],
    ['region', 200, { region: 'mars' }],
  ])('of %s with %i %j does not count', (name, status, data) => {
    expect(forms[name].safeParse({ status, data }).success).toBe(false);
  });

  it('lists the rejected items of a batch', () => {
    const errors = [
      { batch_index: 1, reason: 'invalid', field: 'x', message: 'y' },
      { batch_index: 2, reason: 7 },
    ];
    expect(batchAnswer.parse({ status: 207, data: { errors } })).toEqual([
      { batch_index: 1, reason: 'invalid', field: 'x' },
      { batch_index: 2 },
    ]);
  });

  it.each([
    [204, ''],
    [200, ''],
    [200, null],
  ])('of optouts counts with %i %j', (status, data) => {
    expect(optOutsAnswer.safeParse({ status, data }).success).toBe(true);
  });
});

describe('isErrorForm', () => {
  it.each([
    [{ errors: [{ detail: 'x', status: '404' }] }, true],
    [{ meta: { error: 'x' } }, true],
    [{ meta: { errors: ['x'] } }, true],
    [{ errors: [] }, false],
    [{ error: 'not found' }, false],
    [{ message: 'no Route matched with those values' }, false],
    [HTML, false],
    ['', false],
    [undefined, false],
  ])('of %j is %p', (data, expected) => {
    expect(isErrorForm(data)).toBe(expected);
  });
});
