import fc from 'fast-check';
import { OperationError } from '@optout-sync/operations';
import { E164 } from '@optout-sync/shared/domain';
import { readBulkSelection, readSelection } from './selection';

const PHONE = E164.parse('+14155550123');
const people = {
  subjectOf: (id: string) =>
    id === 'ann' ? ({ workspace: 'default', channel: 'sms', phone: PHONE } as const) : undefined,
};
const read = (query: string) => readSelection(new URLSearchParams(query), people);
const readBulk = (query: string) => readBulkSelection(new URLSearchParams(query), people);

describe('readSelection', () => {
  it('takes empty fields as absent, so that a form with nothing filled in selects all', () => {
    expect(read('code=&stage=&source=&workspace=&sid=&since=&until= ').filter).toEqual({});
  });

  it('turns an age into a time that selects the same later on', () => {
    const { filter, fields } = read('since=2h&code=x');
    expect(fields.get('since')).toBe(new Date(filter.from ?? 0).toISOString());
    expect(readSelection(fields, people).filter).toEqual(filter);
  });

  it('names a person by an id in what it writes, and by the phone in the filter', () => {
    const { filter, fields } = read('person=ann');
    expect(filter.phone).toBe(PHONE);
    expect(fields.toString()).toBe('person=ann');
  });

  it('throws nothing but an error with a code, whatever the query holds', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(
          'code',
          'stage',
          'source',
          'workspace',
          'sid',
          'person',
          'since',
          'until',
          'id',
          'all',
        ),
        fc.string({ unit: 'binary', maxLength: 300 }),
        (name, value) => {
          try {
            readBulkSelection(new URLSearchParams([[name, value]]), people);
          } catch (error) {
            expect(error).toBeInstanceOf(OperationError);
          }
        },
      ),
    );
  });
});

describe('readBulkSelection', () => {
  it('selects everything only where that is said', () => {
    expect(() => readBulk('')).toThrow('nothing is selected');
    expect(readBulk('all=1').filter).toEqual({});
    expect(readBulk('all=1').fields.get('all')).toBe('1');
  });

  it('keeps each id once, beside the filter', () => {
    const { filter, fields } = readBulk('id=dl-1&id=dl-2&id=dl-1&code=x');
    expect(filter).toEqual({ code: 'x', ids: ['dl-1', 'dl-2'] });
    expect(readBulkSelection(fields, people).filter).toEqual(filter);
  });
});
